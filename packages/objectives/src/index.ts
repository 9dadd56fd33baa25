/**
 * Self-supervised objectives. They know encoders only through `@voxmim/core`.
 *
 * @module
 */
export { denormalizeHidden } from './denormalize.js';
export { gradientMap } from './gradient-map.js';
export { MaeConfig } from './mae/config.js';
export { maeDefinition, MaeObjective } from './mae/mae-objective.js';
export { orientationMap } from './orientation-map.js';
export { SimclrConfig } from './simclr/config.js';
export { ntXent, unitLength, type NtXentOptions } from './simclr/nt-xent.js';
export { simclrDefinition, SimclrObjective } from './simclr/simclr-objective.js';
export { SimmimConfig } from './simmim/config.js';
export { simmimDefinition, SimmimObjective } from './simmim/simmim-objective.js';
export {
  normalizePatches,
  reconstructionLoss,
  voxelLoss,
  type Target,
  type VoxelLoss,
} from './target.js';
