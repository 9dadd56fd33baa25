/**
 * 3D backbones that satisfy the `Encoder` contract of `@voxmim/core`.
 *
 * @module
 */
export { VitConfig, vitPresets } from './vit/config.js';
export { VitEncoder, vitDefinition } from './vit/vit-encoder.js';
