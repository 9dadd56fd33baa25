import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "CrossEntropyConfig",
     "DiceConfig",
     "DiceCrossEntropyConfig",
     "SegmentationLossConfig",
     "Segmenter",
     "SlidingWindowConfig",
     "UnetrConfig",
     "UnetrHead",
     "segmentationLoss",
     "slidingWindow",
     "slidingWindowLogits",
     "unetrDefinition",
   ]
  `);
});
