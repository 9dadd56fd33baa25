/**
 * Layers and ops for 3D vision models over `@tensorflow/tfjs-core`, with the ops it lacks.
 *
 * @module
 */
export { adaptivePool } from './adaptive-pool.js';
export { adamWHyper, adamWStep, type AdamWNumbers, type AdamWState } from './adamw-step.js';
export { adamWUpdate, type AdamWSlot } from './adamw-update.js';
export { Attention, type AttentionLayerOptions } from './attention.js';
export { BatchNorm } from './batch-norm.js';
export { Conv3d, ConvTranspose3d, type ConvInit } from './conv/conv-layers.js';
export { conv3d } from './conv/conv3d.js';
export type { Conv3dOptions } from './conv/conv-geometry.js';
export { convTranspose3d } from './conv/conv-transpose3d.js';
export { dropChannels, dropPath } from './drop-path.js';
export { gelu } from './gelu.js';
export { GroupNorm, groupNorm } from './group-norm.js';
export {
  kaimingUniform,
  linearInitializers,
  normal,
  truncatedNormal,
  uniformBias,
  xavierUniform,
  type Initializer,
} from './initializers.js';
export { InstanceNorm, instanceNorm, type InstanceNormOptions } from './instance-norm.js';
export { hasKernel, runKernel, withGradient, type KernelName } from './kernel.js';
export { LayerNorm, layerNorm } from './layer-norm.js';
export { Linear, type LinearOptions } from './linear.js';
export { Module, prefixed } from './module.js';
export { buffer, keptByPass, parameter } from './parameter.js';
export { patchify, unpatchify } from './patchify.js';
export { sincosPosition3d, type AxisOrder } from './position.js';
export { recomputed } from './recomputed.js';
export { resizeLinear, type ResizeOptions } from './resize-linear.js';
export { attention, type AttentionOptions } from './scaled-attention.js';
export {
  hiddenPlaces,
  hiddenTokens,
  putTokens,
  takeTokens,
  tokenIds,
  visibleTokens,
} from './tokens.js';
export {
  Mlp,
  runBlocks,
  TransformerBlock,
  type TransformerBlockOptions,
} from './transformer-block.js';
