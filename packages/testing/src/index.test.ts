import * as api from './index.js';

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
