import { type Volume, VoxmimError } from '@voxmim/core';

import { checkIntensities } from './check-intensities.js';
import type { IntensityConfig } from './intensity-config.js';
import { type Moments, momentsOf, percentilesOf, type ValueRange } from './statistics.js';

/** Which voxels count for a z-score: a rule, or those that are not 0 in a volume of one channel. */
export type ZScoreMask = 'all' | 'nonzero' | 'aboveMean' | Volume;

/**
 * Normalizes intensities, each channel by itself.
 *
 * @param origin named in errors: the path
 * @throws `INVALID_DATA` for an image with NaN or infinite voxels, of one value, or of other channels
 *   than the config has; `INVALID_CONFIG` for a fingerprint that has not been read
 */
export function normalizeIntensity(
  volume: Volume,
  config: IntensityConfig,
  origin: string,
): Volume<Float32Array> {
  checkIntensities(volume, origin);
  const copy = { ...volume, data: Float32Array.from(volume.data) };
  normalizeInPlace(copy, config, origin);
  return copy;
}

/**
 * {@link normalizeIntensity} of checked voxels that nobody else needs.
 *
 * @returns what air is in each channel then: the bottom of a window or of percentiles, 0 where zeros stay
 *   zero, else the lowest value
 */
export function normalizeInPlace(
  volume: Volume<Float32Array>,
  config: IntensityConfig,
  origin: string,
): number[] {
  return Array.from({ length: volume.channels }, (_, channel) => {
    const map = mapOf(volume, channel, config, origin) ?? UNCHANGED;
    const air = airOf(volume, channel, map);
    if (map !== UNCHANGED) applyMap(volume, channel, map);
    return air;
  });
}

/** Maps `window` to 0 to 1 and clips. Source: MONAI `ScaleIntensityRange` with `clip=True`. */
export function windowIntensity(
  volume: Volume,
  { window }: { readonly window: readonly [number, number] },
  origin = 'volume',
): Volume<Float32Array> {
  return normalizeIntensity(volume, { kind: 'window', window }, origin);
}

/**
 * Subtracts the mean and divides by the standard deviation of the voxels that `mask` names. What is
 * outside `nonzero` or a mask volume becomes 0.
 *
 * Source: MONAI `NormalizeIntensity` (`nonzero`), nnU-Net's `ZScoreNormalization` (a mask), and
 * torchio's `ZNormalization` (`mean`).
 */
export function zScore(
  volume: Volume,
  { mask }: { readonly mask: ZScoreMask },
  origin = 'volume',
): Volume<Float32Array> {
  if (typeof mask === 'string') return normalizeIntensity(volume, { kind: 'zScore', mask }, origin);
  checkIntensities(volume, origin);
  const normalized = { ...volume, data: Float32Array.from(volume.data) };
  for (let channel = 0; channel < volume.channels; channel++) {
    const moments = momentsOf(volume, channel, (_, voxel) => mask.data[voxel] !== 0);
    applyMap(normalized, channel, standardizing(moments));
  }
  normalized.data.forEach((_, index) => {
    if (mask.data[Math.floor(index / volume.channels)] === 0) normalized.data[index] = 0;
  });
  return normalized;
}

/** Maps a range of percentiles to 0 to 1 and clips. Source: MONAI `ScaleIntensityRangePercentiles`. */
export function percentileClip(
  volume: Volume,
  { range }: { readonly range: readonly [number, number] },
  origin = 'volume',
): Volume<Float32Array> {
  return normalizeIntensity(volume, { kind: 'percentile', range }, origin);
}

/** Clip to `[low, high]`, then `(value - shift) * scale`. */
interface IntensityMap {
  readonly low: number;
  readonly high: number;
  readonly shift: number;
  readonly scale: number;
  readonly keepsZero: boolean;
}

function mapOf(
  volume: Volume,
  channel: number,
  config: IntensityConfig,
  origin: string,
): IntensityMap | undefined {
  switch (config.kind) {
    case 'window':
      return clippedTo01(config.window);
    case 'percentile': {
      const [low, high] = percentilesOf(volume, channel, config.range);
      return clippedTo01([low, high]);
    }
    case 'zScore':
      return zScoreMap(volume, channel, config.mask);
    case 'nnunet': {
      const { low, high, mean, std } = figuresOf(config, volume, channel, origin);
      return { low, high, shift: mean, scale: 1 / Math.max(std, 1e-8), keepsZero: false };
    }
    case 'none':
      return undefined;
  }
}

const UNCHANGED: IntensityMap = {
  low: -Infinity,
  high: Infinity,
  shift: 0,
  scale: 1,
  keepsZero: false,
};

/** What stands for air after a map, as float32 has it. */
function airOf({ data, channels }: Volume, channel: number, map: IntensityMap): number {
  let lowest = Infinity;
  let hasZero = false;
  for (let index = channel; index < data.length; index += channels) {
    lowest = Math.min(lowest, data[index]);
    hasZero ||= data[index] === 0;
  }
  if (map.keepsZero && hasZero) return 0;
  const bottom = Number.isFinite(map.low) ? map.low : lowest;
  return Math.fround((bottom - map.shift) * map.scale);
}

function applyMap(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  { low, high, shift, scale, keepsZero }: IntensityMap,
): void {
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index];
    if (keepsZero && value === 0) continue;
    data[index] = ((value < low ? low : value > high ? high : value) - shift) * scale;
  }
}

function clippedTo01([low, high]: ValueRange): IntensityMap {
  return { low, high, shift: low, scale: 1 / (high - low || 1), keepsZero: false };
}

function zScoreMap(
  volume: Volume,
  channel: number,
  mask: 'all' | 'nonzero' | 'aboveMean',
): IntensityMap {
  if (mask === 'nonzero') {
    return {
      ...standardizing(momentsOf(volume, channel, (value) => value !== 0)),
      keepsZero: true,
    };
  }
  const all = momentsOf(volume, channel, () => true);
  if (mask === 'all') return standardizing(all);
  return standardizing(momentsOf(volume, channel, (value) => value > all.mean));
}

function standardizing({ mean, std }: Moments): IntensityMap {
  return { low: -Infinity, high: Infinity, shift: mean, scale: 1 / (std || 1), keepsZero: false };
}

function figuresOf(
  { file, channels }: Extract<IntensityConfig, { kind: 'nnunet' }>,
  volume: Volume,
  channel: number,
  origin: string,
) {
  if (!channels) {
    throw new VoxmimError(
      'INVALID_CONFIG',
      `The fingerprint ${file ?? ''} has not been read.`,
      'Put its figures into intensity.channels, as resolving a run config does.',
      { path: 'intensity.channels', received: undefined },
    );
  }
  if (channels.length === volume.channels) return channels[channel];
  throw new VoxmimError(
    'INVALID_DATA',
    `${origin} has ${volume.channels} channels, the fingerprint ${channels.length}.`,
    'Make the fingerprint of the same kind of images.',
    { path: origin, reason: 'channels differ from the fingerprint' },
  );
}
