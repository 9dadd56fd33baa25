import { type Shape3, volumeOf } from '@voxmim/core';
import * as z from 'zod';

import { CoarseDropoutConfig, tutorialDropouts } from './coarse/coarse-dropout.js';
import { CoarseShuffleConfig, tutorialShuffle } from './coarse/coarse-shuffle.js';
import { BiasFieldConfig } from './intensity/bias-field.js';
import { BlurConfig } from './intensity/blur.js';
import { BrightnessConfig } from './intensity/brightness.js';
import { ContrastConfig } from './intensity/contrast.js';
import { GammaConfig } from './intensity/gamma.js';
import { LowResolutionConfig } from './intensity/low-resolution.js';
import { NoiseConfig } from './intensity/noise.js';
import { ScaleConfig } from './intensity/scale.js';
import { ShiftConfig } from './intensity/shift.js';
import { AffineConfig } from './spatial/affine.js';
import { ElasticConfig } from './spatial/elastic.js';
import { FlipConfig } from './spatial/flip.js';
import { Rotate90Config } from './spatial/rotate90.js';
import { ZoomConfig } from './spatial/zoom.js';

/**
 * What may happen to a crop in training, in this order. The defaults are the paper's for supervised
 * training: flips, quarter turns and an intensity shift; the other transforms wait for a probability.
 *
 * Source: arXiv:2204.11716's code, the BTCV list.
 */
export const AugmentationConfig = z.strictObject({
  flip: FlipConfig.prefault({}).describe('Mirroring.'),
  rotate90: Rotate90Config.prefault({}).describe('Quarter, half and three-quarter turns.'),
  affine: AffineConfig.prefault({}).describe('Rotation, scaling and shear.'),
  zoom: ZoomConfig.prefault({}).describe('One magnification of all axes.'),
  elastic: ElasticConfig.prefault({}).describe('Smooth random displacement.'),
  biasField: BiasFieldConfig.prefault({}).describe('The shading of an MR coil.'),
  noise: NoiseConfig.prefault({}).describe('Gaussian noise.'),
  blur: BlurConfig.prefault({}).describe('Gaussian blur.'),
  brightness: BrightnessConfig.prefault({}).describe('A factor on all intensities.'),
  contrast: ContrastConfig.prefault({}).describe('A spread about the mean.'),
  lowResolution: LowResolutionConfig.prefault({}).describe('As scanned with larger voxels.'),
  gamma: GammaConfig.prefault({}).describe('A power of the intensities.'),
  scale: ScaleConfig.prefault({}).describe('A small factor on all intensities.'),
  shift: ShiftConfig.prefault({}).describe('A small constant on all intensities.'),
  coarseDropout: CoarseDropoutConfig.prefault({}).describe('Boxes of noise.'),
  coarseShuffle: CoarseShuffleConfig.prefault({}).describe('Boxes of shuffled voxels.'),
});
export type AugmentationConfig = z.infer<typeof AugmentationConfig>;

/** No augmentation: the default of masked pretraining, where the mask is enough. */
export const noAugmentation = {
  flip: { probability: 0 },
  rotate90: { probability: 0 },
  shift: { probability: 0 },
} as const satisfies z.input<typeof AugmentationConfig>;

/** The side of the crops that the tutorial's boxes are made for. */
const TUTORIAL_SIDE = 96;

/**
 * What is done to each of two views for contrastive pretraining: one of two coarse dropouts, then
 * coarse shuffling. Boxes keep their share of the crop: of one of 96³ voxels they have the source's
 * sizes, of a smaller one they would else cover everything.
 *
 * Source: MONAI's self-supervised tutorial, which the paper's SimCLR follows.
 */
export function twoViewAugmentation(crop: Shape3) {
  const scale = Math.cbrt(volumeOf(crop)) / TUTORIAL_SIDE;
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  const variants = tutorialDropouts.map((variant) => ({
    ...variant,
    size: scaled(variant.size),
    maxSize: scaled(variant.maxSize),
  }));
  return {
    ...noAugmentation,
    coarseDropout: { probability: 1, variants },
    coarseShuffle: { probability: 0.8, size: scaled(tutorialShuffle.size) },
  } satisfies z.input<typeof AugmentationConfig>;
}
