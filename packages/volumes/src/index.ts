/**
 * Arithmetic on medical volumes as typed arrays: geometry, resampling, intensities, labels, crops,
 * augmentation. No files, no tensors.
 *
 * @module
 */
export type { ClassBalance, CropBalance } from '@voxmim/core';
export { augment } from './augment/augment.js';
export { AugmentationConfig, noAugmentation, twoViewAugmentation } from './augment/config.js';
export type { Sample } from './augment/sample.js';
export {
  classBalancedCrops,
  ClassCensus,
  columnOfClass,
  drawClassCenter,
} from './crop/class-crops.js';
export {
  balancedCrops,
  boxAround,
  columnOfRank,
  type CropSampler,
  drawCenter,
  movedCrop,
  uniformCrops,
} from './crop/crop-sampler.js';
export { type RowCounts, takeCensus, type VoxelCensus } from './crop/voxel-census.js';
export { allocateLike } from './geometry/allocate.js';
export { boundingBox, type Box, copyOverlap, cropBox, paddedBox } from './geometry/box.js';
export { boxThrough } from './geometry/box-through.js';
export { dot } from './geometry/dot.js';
export { gridFault } from './geometry/grid-fault.js';
export {
  croppedGrid,
  type Grid,
  gridWithSpacing,
  reorientedGrid,
  type SizeConvention,
} from './geometry/grid.js';
export {
  axisCodes,
  type AxisDirection,
  type AxisDirections,
  directionsOf,
  parseAxisCodes,
} from './geometry/orientation.js';
export { reorient } from './geometry/reorient.js';
export { type Interpolation, resample, type ResampleOptions } from './geometry/resample.js';
export { SpatialTransform } from './geometry/spatial-transform.js';
export { stackChannels } from './geometry/stack-channels.js';
export { checkIntensities } from './intensity/check-intensities.js';
export { ForegroundIntensity, IntensityConfig } from './intensity/intensity-config.js';
export {
  normalizeIntensity,
  percentileClip,
  windowIntensity,
  zScore,
  type ZScoreMask,
} from './intensity/intensity.js';
export { lowestOf, momentsOf, percentilesOfSorted } from './intensity/statistics.js';
export {
  bratsRegions,
  labelsOfRegions,
  Region,
  RegionsConfig,
  regionTargets,
} from './labels/regions.js';
export { noWholeLabel, wholeLabel } from './labels/whole-label.js';
export {
  type Prepared,
  preprocess,
  PREPROCESSING_VERSION,
  PreprocessingConfig,
  type PreprocessOptions,
} from './preprocess.js';
