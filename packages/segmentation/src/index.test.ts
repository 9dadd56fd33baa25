import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "CrossEntropyConfig",
     "DiceConfig",
     "DiceCrossEntropyConfig",
     "LightConfig",
     "LightHead",
     "SegmentationLossConfig",
     "Segmenter",
     "SlidingWindowConfig",
     "UnetrConfig",
     "UnetrHead",
     "lightDefinition",
     "segmentationLoss",
     "slidingWindow",
     "slidingWindowLogits",
     "unetrDefinition",
   ]
  `);
});
