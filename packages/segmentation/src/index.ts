/**
 * Segmentation heads over any encoder's feature levels, their losses, and sliding-window inference.
 * Imports no encoder: a head sees levels, whoever made them.
 *
 * @module
 */
export { LightConfig, lightDefinition, LightHead } from './light/light-head.js';
export { Segmenter, type SegmenterContext } from './segmenter.js';
export {
  CrossEntropyConfig,
  DiceConfig,
  DiceCrossEntropyConfig,
  DiceFocalConfig,
  GeneralizedDiceConfig,
  SegmentationLossConfig,
  TverskyConfig,
} from './loss/loss-config.js';
export type { Regions } from './loss/loss-target.js';
export { segmentationLoss, type LossOptions } from './loss/segmentation-loss.js';
export {
  SwinUnetrConfig,
  swinUnetrDefinition,
  SwinUnetrHead,
} from './swin-unetr/swin-unetr-head.js';
export { UnetrConfig, unetrDefinition, UnetrHead } from './unetr/unetr-head.js';
export { UpernetConfig } from './upernet/upernet-config.js';
export { upernetDefinition, UpernetHead } from './upernet/upernet-head.js';
export { mirroredWindows } from './sliding-window/mirrored-windows.js';
export {
  labelWindows,
  type LogitSink,
  logitWindows,
  regionWindows,
  type ScoreWindows,
  type SlidingWindowOptions,
  type WindowBatch,
} from './sliding-window/score-windows.js';
export {
  scoreOf,
  slidingWindow,
  slidingWindowLogits,
  slidingWindowRegions,
  type Predict,
} from './sliding-window/sliding-window.js';
export { SlidingWindowConfig } from './sliding-window/sliding-window-config.js';
export { planWindows, type WindowPlan } from './sliding-window/windows.js';
