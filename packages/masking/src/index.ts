/**
 * Strategies that choose which tokens a masked-image-modeling objective hides. Index arithmetic
 * only: no tensors, no backend.
 *
 * @module
 */
export { randomMasking, RandomMaskingConfig, randomMaskingDefinition } from './random-masking.js';
export { sampleMask, tokenMaskFromFlags } from './token-mask.js';
