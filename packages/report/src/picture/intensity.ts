import type { VoxelArray } from '@voxmim/core';

import type { Slice } from './plane.js';
import { createRaster, type Raster } from './raster.js';

/** The intensities shown as black and as white. */
export type IntensityRange = readonly [black: number, white: number];

const SAMPLES = 200_000;

/**
 * A gray window from the data: the given percentiles of the finite values, by nearest rank over at
 * most 200,000 evenly spaced voxels (fixed, so the same volume gives the same picture).
 *
 * @returns black < white, also for a constant volume (the value and one more) and an empty one
 */
export function percentileRange(
  data: VoxelArray,
  percentiles: readonly [low: number, high: number] = [0.5, 99.5],
): IntensityRange {
  const step = Math.max(1, Math.ceil(data.length / SAMPLES));
  const samples = new Float64Array(Math.ceil(data.length / step));
  let count = 0;
  for (let index = 0; index < data.length; index += step) {
    const value = data[index]!;
    if (Number.isFinite(value)) samples[count++] = value;
  }
  if (count === 0) return [0, 1];
  const sorted = samples.subarray(0, count).sort();
  const at = (percent: number) => sorted[Math.round((percent / 100) * (count - 1))]!;
  const [low, high] = [at(percentiles[0]), at(percentiles[1])];
  return high > low ? [low, high] : [low, low + 1];
}

/** Gray from black to white over `range`; what lies outside is clipped, NaN is black. */
export function paintGray(slice: Slice, [black, white]: IntensityRange): Raster {
  const raster = createRaster(slice.width, slice.height);
  for (let pixel = 0; pixel < slice.data.length; pixel += 1) {
    const share = (slice.data[pixel]! - black) / (white - black);
    const level = Math.round(255 * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)));
    raster.data.fill(level, pixel * 3, pixel * 3 + 3);
  }
  return raster;
}
