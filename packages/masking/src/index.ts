/**
 * Strategies that choose which tokens a masked-image-modeling objective hides. Index arithmetic
 * only: no tensors, no backend.
 *
 * @module
 */
export { blockMasking, BlockMaskingConfig, blockMaskingDefinition } from './block-masking.js';
export {
  foregroundMasking,
  ForegroundMaskingConfig,
  foregroundMaskingDefinition,
} from './foreground-masking.js';
export { gridMasking, GridMaskingConfig, gridMaskingDefinition } from './grid-masking.js';
export {
  groupedMasking,
  GroupedMaskingConfig,
  groupedMaskingDefinition,
} from './grouped-masking.js';
export { hiddenVoxels } from './hidden-voxels.js';
export { type MaskRatio } from './mask-ratio.js';
export { randomMasking, RandomMaskingConfig, randomMaskingDefinition } from './random-masking.js';
export { slabMasking, SlabMaskingConfig, slabMaskingDefinition } from './slab-masking.js';
export { sampleMask, tokenMaskFromFlags } from './token-mask.js';
