import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "CrossEntropyConfig",
     "DiceConfig",
     "DiceCrossEntropyConfig",
     "DiceFocalConfig",
     "GeneralizedDiceConfig",
     "LightConfig",
     "LightHead",
     "SegmentationLossConfig",
     "Segmenter",
     "SlidingWindowConfig",
     "SwinUnetrConfig",
     "SwinUnetrHead",
     "TverskyConfig",
     "UnetrConfig",
     "UnetrHead",
     "UpernetConfig",
     "UpernetHead",
     "lightDefinition",
     "segmentationLoss",
     "slidingWindow",
     "slidingWindowLogits",
     "slidingWindowRegions",
     "swinUnetrDefinition",
     "unetrDefinition",
     "upernetDefinition",
   ]
  `);
});
