import {
  type Shape3,
  spacing3,
  type Volume,
  volumeOf,
  type VoxelArray,
  VoxmimError,
} from '@voxmim/core';
import * as z from 'zod';

import { type Box, boundingBox, cropBox, paddedBox } from './geometry/box.js';
import { croppedGrid } from './geometry/grid.js';
import { parseAxisCodes } from './geometry/orientation.js';
import { SpatialTransform } from './geometry/spatial-transform.js';
import { checkIntensities } from './intensity/check-intensities.js';
import { IntensityConfig } from './intensity/intensity-config.js';
import { normalizeInPlace } from './intensity/intensity.js';

/** What is done to each volume once, before crops are taken. */
export const PreprocessingConfig = z.strictObject({
  orientation: z
    .string()
    .refine((codes) => isOrientation(codes), 'expected one letter each of R or L, A or P, S or I')
    .default('RAS')
    .describe('Axis codes that every volume is turned to, as nibabel writes them.'),
  spacing: spacing3
    .nullable()
    .default(null)
    .describe('Millimetres per voxel [depth, height, width] to resample to; null keeps the own.'),
  sizeConvention: z
    .enum(['monai', 'nnunet'])
    .default('monai')
    .describe('Whether resampling keeps the centers of corner voxels (monai) or faces (nnunet).'),
  interpolation: z
    .enum(['linear', 'cubic'])
    .default('linear')
    .describe('How images are resampled; cubic is held within the range of the voxels.'),
  labelInterpolation: z
    .enum(['nearest', 'oneHotLinear'])
    .default('nearest')
    .describe('How label maps are resampled, there and back; neither mixes classes.'),
  antiAlias: z
    .boolean()
    .default(false)
    .describe('Whether images are blurred before they shrink, as scikit-image does.'),
  separateSlices: z
    .boolean()
    .default(false)
    .describe(
      'Whether slices more than three times as far apart as pixels are taken as they are, the nearest ' +
        'one, and interpolated only within, as nnU-Net does.',
    ),
  intensity: IntensityConfig.prefault({ kind: 'window' }).describe(
    'How intensities are normalized.',
  ),
  cropForeground: z
    .boolean()
    .default(true)
    .describe(
      'Whether to cut off the air around: what is at the bottom of the window or percentiles, zeros ' +
        'for a zScore of nonzero, else the lowest value.',
    ),
});
export type PreprocessingConfig = z.infer<typeof PreprocessingConfig>;

/**
 * Grows whenever the same files and config give other voxels than before: by a change of a reader or of
 * {@link preprocess}. Cached results of another version are not used.
 */
export const PREPROCESSING_VERSION = 2;

/** A volume as a network sees it, and the way back. */
export interface Prepared {
  readonly image: Volume<Float32Array>;
  readonly labels?: Volume<Uint8Array>;
  /** What air is in each channel of the image: padding is, and foreground is not. */
  readonly air: readonly number[];
  /** What happened that somebody should know, in words. */
  readonly notes: readonly string[];
  /** From the input's grid to the prepared one, padding included. */
  readonly transform: SpatialTransform;
  /** Brings labels on the prepared grid back to the input's own grid; 0 where nothing was prepared. */
  toNative(labels: Volume<Uint8Array>): Volume<Uint8Array>;
}

/** What {@link preprocess} must know beside the voxels. */
export interface PreprocessOptions {
  /** Named in errors and notes: the path. */
  readonly origin: string;
  /** The prepared volume is padded to at least this, in voxels: the crop of training. */
  readonly leastShape?: Shape3;
}

/**
 * Orients, resamples, crops and normalizes a volume and its labels: one interpolation, and the rest in
 * place.
 *
 * @param labels on the image's grid
 * @throws `INVALID_DATA` for NaN or constant images; `INVALID_CONFIG` for a spacing so fine that the grid is out
 *   of reach
 */
export function preprocess(
  image: Volume,
  labels: Volume<Uint8Array> | undefined,
  config: PreprocessingConfig,
  { origin, leastShape = [1, 1, 1] }: PreprocessOptions,
): Prepared {
  checkIntensities(image, origin);
  const scaling = scalingOf(image, config);
  checkGrid(scaling.target.shape, image.channels, config, origin);
  const scaled = scaledImage(image, scaling, config);
  const air = normalizeInPlace(scaled, config.intensity, origin);
  const isForeground = (value: number, channel: number) => value !== air[channel];
  const box = (config.cropForeground && boundingBox(scaled, isForeground)) || whole(scaled.shape);
  const padded = paddedBox(box.shape, leastShape);
  const isPadded = volumeOf(padded.shape) > volumeOf(box.shape);
  const cut = <Voxels extends VoxelArray>(volume: Volume<Voxels>, outside: readonly number[]) => {
    const inner =
      volumeOf(box.shape) < volumeOf(volume.shape) ? cropBox(volume, box) : uncut(volume, box);
    return isPadded ? cropBox(inner, padded, outside) : inner;
  };
  const { labelInterpolation, separateSlices } = config;
  const transform = scaling.cropped(box).cropped(padded);
  const scaledLabels = labels && scaling.apply(labels, labelInterpolation, { separateSlices });
  return {
    image: cut(scaled, air),
    ...(scaledLabels && { labels: cut(scaledLabels, [0]) }),
    air,
    notes: isPadded
      ? [`${origin}: padded from [${box.shape.join(', ')}] to [${padded.shape.join(', ')}] voxels.`]
      : [],
    transform,
    toNative: (found) =>
      transform.inverse().apply(found, labelInterpolation, { separateSlices, outside: 0 }),
  };
}

function scalingOf(image: Volume, config: PreprocessingConfig): SpatialTransform {
  const oriented = SpatialTransform.of(image).reoriented(config.orientation);
  return config.spacing ? oriented.withSpacing(config.spacing, config.sizeConvention) : oriented;
}

/** The most numbers of a prepared volume: 8 GiB of them; an array of more has no index in 32 bits. */
const MOST_NUMBERS = 2 ** 31;

/** Refuses a spacing, which may be a slip of a digit or a stranger's, before memory is asked for. */
function checkGrid(
  shape: Shape3,
  channels: number,
  { spacing }: PreprocessingConfig,
  origin: string,
): void {
  if (spacing === null || volumeOf(shape) * channels <= MOST_NUMBERS) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: data.preprocessing.spacing [${spacing.join(', ')}] mm makes [${shape.join(', ')}] voxels of it, ` +
      'more than fit.',
    'Give a spacing near that of the scans, in millimetres.',
    { path: 'data.preprocessing.spacing', received: spacing },
  );
}

/** Voxels of its own, in the grid and order of the prepared image. */
function scaledImage(
  image: Volume,
  scaling: SpatialTransform,
  { interpolation, antiAlias, separateSlices }: PreprocessingConfig,
): Volume<Float32Array> {
  const { data } = image;
  const floats = { ...image, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  const scaled = scaling.apply(floats, interpolation, { antiAlias, separateSlices, clip: true });
  return scaled.data === data ? { ...scaled, data: scaled.data.slice() } : scaled;
}

/** What {@link cropBox} gives for a box that is the whole volume, without a copy of the voxels. */
function uncut<Voxels extends VoxelArray>(
  { data, shape, channels, affine }: Volume<Voxels>,
  box: Box,
): Volume<Voxels> {
  return { data, shape, channels, affine: croppedGrid({ shape, affine }, box).affine };
}

function whole(shape: Shape3) {
  return { origin: [0, 0, 0] as const, shape };
}

function isOrientation(codes: string): boolean {
  try {
    parseAxisCodes(codes);
    return true;
  } catch (error) {
    if (error instanceof VoxmimError) return false;
    throw error;
  }
}
