/**
 * 3D backbones that satisfy the `Encoder` contract of `@voxmim/core`.
 *
 * @module
 */
export {
  IdentityConfig,
  identityDefinition,
  IdentityEncoder,
} from './identity/identity-encoder.js';
export { SwinConfig, swinPresets } from './swin/config.js';
export { swinDefinition, SwinEncoder } from './swin/swin-encoder.js';
export { VanConfig, vanPresets } from './van/config.js';
export { vanDefinition, VanEncoder } from './van/van-encoder.js';
export { VitConfig, vitPresets } from './vit/config.js';
export { VitEncoder, vitDefinition } from './vit/vit-encoder.js';
