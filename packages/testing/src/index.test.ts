import * as api from './index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "ExpectationError",
     "expectClose",
     "expectGradients",
     "expectNoLeak",
     "finiteDifference",
     "hashedNoise",
     "hiddenVoxels",
     "localExchanges",
     "noise",
     "randomTokenMask",
     "registeredBackends",
     "testEncoderConformance",
     "testHeadConformance",
     "testMaskStrategyConformance",
     "testObjectiveConformance",
     "toyEncoder",
   ]
  `);
});

it('exports exactly this under ./node', () => {
  expect(Object.keys(node)).toEqual(['dicomBytes', 'testReaderConformance']);
});
