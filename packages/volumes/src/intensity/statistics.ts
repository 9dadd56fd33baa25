import type { Volume, VoxelArray } from '@voxmim/core';

/** Lowest and highest value. */
export type ValueRange = readonly [lowest: number, highest: number];

/** The least of some voxels; `Infinity` for none. */
export function lowestOf(voxels: VoxelArray): number {
  let lowest = Infinity;
  for (let index = 0; index < voxels.length; index++) lowest = Math.min(lowest, voxels[index]);
  return lowest;
}

/** Mean and standard deviation, of the population. */
export interface Moments {
  readonly mean: number;
  readonly std: number;
}

/** Mean and standard deviation of the values of a channel that `counts` admits, in two passes. */
export function momentsOf(
  { data, channels }: Volume,
  channel: number,
  counts: (value: number, voxel: number) => boolean,
): Moments {
  let [count, sum] = [0, 0];
  for (let index = channel, voxel = 0; index < data.length; index += channels, voxel++) {
    if (!counts(data[index], voxel)) continue;
    count += 1;
    sum += data[index];
  }
  const mean = sum / Math.max(count, 1);
  let squares = 0;
  for (let index = channel, voxel = 0; index < data.length; index += channels, voxel++) {
    if (counts(data[index], voxel)) squares += (data[index] - mean) ** 2;
  }
  return { mean, std: Math.sqrt(squares / Math.max(count, 1)) };
}

/** Percentiles of a channel by linear interpolation, as numpy's default. */
export function percentilesOf(
  { data, channels }: Volume,
  channel: number,
  percents: readonly number[],
): number[] {
  const values = new Float32Array(data.length / channels);
  for (let index = 0; index < values.length; index++) {
    values[index] = data[index * channels + channel];
  }
  return percentilesOfSorted(values.sort(), percents);
}

/** Percentiles of ascending values by linear interpolation, as numpy's default. */
export function percentilesOfSorted(
  values: Float32Array | Float64Array,
  percents: readonly number[],
): number[] {
  return percents.map((percent) => {
    const position = (percent / 100) * (values.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, values.length - 1);
    return values[below] + (values[above] - values[below]) * (position - below);
  });
}
