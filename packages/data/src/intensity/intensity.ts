import { type Volume, VoxmimError } from '@voxmim/core';
import { z } from 'zod';

/** How raw intensities become network input. */
export const IntensityConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('window').describe('Map an intensity window to 0 to 1 and clip: CT.'),
    window: z
      .tuple([z.number(), z.number()])
      .readonly()
      .default([-175, 250])
      .describe('Lowest and highest intensity, HU for CT.'),
  }),
  z.strictObject({
    kind: z.literal('zScore').describe('Zero mean and unit variance per volume: MR.'),
    mask: z
      .enum(['all', 'nonzero'])
      .default('nonzero')
      .describe('Voxels that count for the statistics and are changed.'),
  }),
  z.strictObject({
    kind: z.literal('percentile').describe('Map a range of percentiles to 0 to 1 and clip.'),
    range: z
      .tuple([z.number().min(0).max(100), z.number().min(0).max(100)])
      .readonly()
      .default([0.5, 99.5])
      .describe('Lower and upper percentile.'),
  }),
  z.strictObject({ kind: z.literal('none').describe('Leave intensities as they are.') }),
]);
export type IntensityConfig = z.infer<typeof IntensityConfig>;

/**
 * Normalizes intensities, each channel by itself.
 *
 * @param origin named in errors: the path
 * @throws `INVALID_DATA` for an image with NaN or infinite voxels, or of one value
 */
export function normalizeIntensity(
  volume: Volume,
  config: IntensityConfig,
  origin: string,
): Volume<Float32Array> {
  const ranges = checkIntensities(volume, origin);
  const maps = ranges.map((range, channel) => channelMap(volume, channel, range, config));
  const { data, channels } = volume;
  const normalized = new Float32Array(data.length);
  maps.forEach((map, channel) => {
    const { scale, shift, low, high, keepsZero } = map;
    for (let index = channel; index < normalized.length; index += channels) {
      const raw = data[index];
      if (keepsZero && raw === 0) continue;
      const value = raw * scale + shift;
      normalized[index] = value < low ? low : value > high ? high : value;
    }
  });
  return { ...volume, data: normalized };
}

/** Maps `window` to 0 to 1 and clips. Source: MONAI `ScaleIntensityRange` with `clip=True`. */
export function windowIntensity(
  volume: Volume,
  { window }: { readonly window: readonly [number, number] },
  origin = 'volume',
): Volume<Float32Array> {
  return normalizeIntensity(volume, { kind: 'window', window }, origin);
}

/** Subtracts the mean and divides by the standard deviation, of all or of nonzero voxels. */
export function zScore(
  volume: Volume,
  { mask }: { readonly mask: 'all' | 'nonzero' },
  origin = 'volume',
): Volume<Float32Array> {
  return normalizeIntensity(volume, { kind: 'zScore', mask }, origin);
}

/** Maps a range of percentiles to 0 to 1 and clips. */
export function percentileClip(
  volume: Volume,
  { range }: { readonly range: readonly [number, number] },
  origin = 'volume',
): Volume<Float32Array> {
  return normalizeIntensity(volume, { kind: 'percentile', range }, origin);
}

/** `value * scale + shift`, clipped to `[low, high]`. */
interface IntensityMap {
  readonly scale: number;
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly keepsZero: boolean;
}

type Range = readonly [lowest: number, highest: number];

function channelMap(
  volume: Volume,
  channel: number,
  range: Range,
  config: IntensityConfig,
): IntensityMap {
  switch (config.kind) {
    case 'window':
      return clippedTo01(config.window);
    case 'percentile':
      return clippedTo01(percentilesOf(volume, channel, config.range));
    case 'zScore':
      return standardizing(volume, channel, config.mask === 'nonzero');
    case 'none':
      return { scale: 1, shift: 0, low: range[0], high: range[1], keepsZero: false };
  }
}

function clippedTo01([from, to]: Range): IntensityMap {
  const scale = 1 / (to - from || 1);
  return { scale, shift: -from * scale, low: 0, high: 1, keepsZero: false };
}

function standardizing(
  { data, channels }: Volume,
  channel: number,
  nonzero: boolean,
): IntensityMap {
  let count = 0;
  let sum = 0;
  for (let index = channel; index < data.length; index += channels) {
    if (nonzero && data[index] === 0) continue;
    count += 1;
    sum += data[index];
  }
  const mean = sum / Math.max(count, 1);
  let squares = 0;
  for (let index = channel; index < data.length; index += channels) {
    if (nonzero && data[index] === 0) continue;
    squares += (data[index] - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / Math.max(count, 1)) || 1;
  return {
    scale: 1 / deviation,
    shift: -mean / deviation,
    low: -Infinity,
    high: Infinity,
    keepsZero: nonzero,
  };
}

/** Percentiles by linear interpolation, as numpy's default. */
function percentilesOf({ data, channels }: Volume, channel: number, range: Range): Range {
  const values = new Float32Array(data.length / channels);
  for (let index = 0; index < values.length; index++)
    values[index] = data[index * channels + channel]!;
  values.sort();
  const at = (percent: number) => {
    const position = (percent / 100) * (values.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, values.length - 1);
    return values[below] + (values[above] - values[below]) * (position - below);
  };
  return [at(range[0]), at(range[1])];
}

function checkIntensities({ data, channels }: Volume, origin: string): Range[] {
  return Array.from({ length: channels }, (_, channel) => {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let index = channel; index < data.length; index += channels) {
      const value = data[index];
      if (!Number.isFinite(value)) throw notFinite(origin, index);
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    if (lowest < highest) return [lowest, highest];
    throw new VoxmimError(
      'INVALID_DATA',
      `${origin} has the same value ${lowest} in every voxel.`,
      'Remove the file from the data set, or export it again.',
      { path: origin, reason: 'constant image' },
    );
  });
}

function notFinite(origin: string, index: number): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${origin} has a voxel that is no finite number (at index ${index}).`,
    'Replace NaN and infinite voxels, or remove the file from the data set.',
    { path: origin, reason: 'non-finite voxel' },
  );
}
