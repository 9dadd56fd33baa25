import { type Shape3, spacing3, type Volume, volumeOf, VoxmimError } from '@voxmim/core';
import { z } from 'zod';

import { boundingBox, cropBox, paddedBox } from './geometry/box.js';
import { parseAxisCodes } from './geometry/orientation.js';
import { reorient } from './geometry/reorient.js';
import { type Grid, gridWithSpacing, resample } from './geometry/resample.js';
import { IntensityConfig, normalizeIntensity } from './intensity/intensity.js';

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
  intensity: IntensityConfig.prefault({ kind: 'window' }).describe(
    'How intensities are normalized.',
  ),
  cropForeground: z
    .boolean()
    .default(true)
    .describe('Whether to cut off what lies below the window, or below every nonzero voxel.'),
});
export type PreprocessingConfig = z.infer<typeof PreprocessingConfig>;

/** A volume as a network sees it, and the way back. */
export interface Prepared {
  readonly image: Volume<Float32Array>;
  readonly labels?: Volume<Uint8Array>;
  /** What happened that somebody should know, in words. */
  readonly notes: readonly string[];
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
 * Orients, resamples, crops and normalizes a volume and its labels.
 *
 * @param labels on the image's grid
 * @throws `INVALID_DATA` for NaN or constant images
 */
export function preprocess(
  image: Volume,
  labels: Volume<Uint8Array> | undefined,
  config: PreprocessingConfig,
  { origin, leastShape = [1, 1, 1] }: PreprocessOptions,
): Prepared {
  const native: Grid = { shape: image.shape, affine: image.affine };
  const oriented = reorient(image, config.orientation);
  const target = config.spacing && gridWithSpacing(oriented, config.spacing, config.sizeConvention);
  const scaled = target ? resample(asFloat(oriented), target, 'linear') : oriented;
  const normalized = normalizeIntensity(scaled, config.intensity, origin);
  const box =
    (config.cropForeground && foreground(scaled, config.intensity)) || whole(scaled.shape);
  const padded = paddedBox(box.shape, leastShape);
  const notes =
    volumeOf(padded.shape) > volumeOf(box.shape)
      ? [`${origin}: padded from [${box.shape.join(', ')}] to [${padded.shape.join(', ')}] voxels.`]
      : [];
  const background = lowestOf(normalized.data);
  const prepared = {
    image: cropBox(cropBox(normalized, box), padded, background),
    notes,
    toNative: (found: Volume<Uint8Array>) => resample(found, native, 'nearest', 0),
  };
  if (!labels) return prepared;
  const turned = reorient(labels, config.orientation);
  const resized = target ? resample(turned, target, 'nearest') : turned;
  return { ...prepared, labels: cropBox(cropBox(resized, box), padded) };
}

function foreground(volume: Volume, intensity: IntensityConfig) {
  const threshold = intensity.kind === 'window' ? intensity.window[0] : 0;
  return boundingBox(volume, (value) => value > threshold);
}

function whole(shape: Shape3) {
  return { origin: [0, 0, 0] as const, shape };
}

function asFloat(volume: Volume): Volume<Float32Array> {
  const { data } = volume;
  return { ...volume, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

function lowestOf(values: Float32Array): number {
  let lowest = Infinity;
  for (let index = 0; index < values.length; index++) lowest = Math.min(lowest, values[index]);
  return lowest;
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
