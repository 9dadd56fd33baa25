/**
 * Medical volumes without tensors: NIfTI, orientation, resampling, intensities, crops, augmentation,
 * and a synthetic CT. What needs files is in `@voxmim/data/node`.
 *
 * @module
 */
export { augment } from './augment/augment.js';
export { AugmentationConfig, noAugmentation, twoViewAugmentation } from './augment/config.js';
export type { Sample } from './augment/sample.js';
export { type ClassBalance, classBalancedCrops } from './crop/class-crops.js';
export {
  balancedCrops,
  uniformCrops,
  type CropBalance,
  type CropSampler,
} from './crop/crop-sampler.js';
export { Fingerprint, FingerprintProposal } from './fingerprint/fingerprint.js';
export {
  FingerprintCollector,
  type FingerprintOptions,
} from './fingerprint/fingerprint-collector.js';
export { boundingBox, cropBox, paddedBox, type Box } from './geometry/box.js';
export { gridWithSpacing, type Grid, type SizeConvention } from './geometry/grid.js';
export {
  axisCodes,
  directionsOf,
  parseAxisCodes,
  type AxisDirection,
  type AxisDirections,
} from './geometry/orientation.js';
export { reorient } from './geometry/reorient.js';
export { resample, type Interpolation, type ResampleOptions } from './geometry/resample.js';
export { SpatialTransform } from './geometry/spatial-transform.js';
export { ForegroundIntensity, IntensityConfig } from './intensity/intensity-config.js';
export {
  normalizeIntensity,
  percentileClip,
  windowIntensity,
  zScore,
  type ZScoreMask,
} from './intensity/intensity.js';
export type { NiftiVolume } from './nifti/assembler.js';
export { niftiDatatypes, type NiftiDatatypeName } from './nifti/datatype.js';
export type { NiftiExtension } from './nifti/extensions.js';
export {
  bratsRegions,
  labelsOfRegions,
  Region,
  RegionsConfig,
  regionTargets,
} from './labels/regions.js';
export { readNiftiHeader, type NiftiHeader } from './nifti/header.js';
export { readNifti } from './nifti/read-nifti.js';
export { writeNifti, type WriteNiftiOptions } from './nifti/write-nifti.js';
export { phantomClasses } from './phantom/anatomy.js';
export { createPhantom, type Phantom, type PhantomOptions } from './phantom/phantom.js';
export {
  preprocess,
  PreprocessingConfig,
  type Prepared,
  type PreprocessOptions,
} from './preprocess.js';
