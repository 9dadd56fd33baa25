import type { Shape3, VoxelArray } from '@voxmim/core';

import { stridesOf } from './gather.js';
import type { Samples } from './spline.js';
import type { AxisTaps, GridTaps } from './taps.js';

/** Lowest and highest value by slice and channel. */
export interface ValueLimits {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The range of each channel; with `axis`, of each channel in each slice across that axis. */
export function limitsOf(
  { data, shape, channels }: Samples,
  axis: 0 | 1 | 2 | undefined,
): ValueLimits {
  const slices = axis === undefined ? 1 : shape[axis];
  const low = new Float64Array(slices * channels).fill(Infinity);
  const high = new Float64Array(slices * channels).fill(-Infinity);
  const stride = axis === undefined ? data.length : stridesOf(shape, channels)[axis];
  for (let index = 0; index < data.length; index++) {
    const at = (Math.floor(index / stride) % slices) * channels + (index % channels);
    if (data[index] < low[at]) low[at] = data[index];
    if (data[index] > high[at]) high[at] = data[index];
  }
  return { low, high };
}

/** Holds values of a separable target within the limits of what they were interpolated from. */
export function holdWithin(
  { low, high }: ValueLimits,
  axis: 0 | 1 | 2 | undefined,
  taps: GridTaps,
  { data, shape, channels }: { data: VoxelArray; shape: Shape3; channels: number },
): void {
  const [dTaps, hTaps, wTaps] = taps;
  const slice = (along: AxisTaps, index: number) =>
    along.axis === axis ? along.indices[index] : 0;
  for (let d = dTaps.first; d < dTaps.end; d++) {
    for (let h = hTaps.first; h < hTaps.end; h++) {
      const ofRow = slice(dTaps, d) + slice(hTaps, h);
      for (let w = wTaps.first; w < wTaps.end; w++) {
        const limit = (ofRow + slice(wTaps, w)) * channels;
        const at = ((d * shape[1] + h) * shape[2] + w) * channels;
        for (let c = 0; c < channels; c++) {
          const value = data[at + c];
          data[at + c] =
            value < low[limit + c]
              ? low[limit + c]
              : value > high[limit + c]
                ? high[limit + c]
                : value;
        }
      }
    }
  }
}
