import type { Affine, Shape3, Volume, VoxelArray } from '@voxmim/core';

import { stridesOf } from './gather.js';
import { storeRounded } from './rounding.js';
import { type AxisInterpolations, isWithin, PointTaps } from './taps.js';
import type { ValueLimits } from './value-limits.js';

/** A target at any angle to the source. */
export interface ObliqueTarget {
  readonly shape: Shape3;
  /** From target index to source index. */
  readonly toSource: Affine;
  readonly outside: number | 'border';
  /** What each channel's values are held within. */
  readonly limits?: ValueLimits | undefined;
}

/**
 * Interpolates voxel by voxel: any affine, any interpolation.
 *
 * @param source shape of the voxels, where `samples` may be padded
 */
export function fillOblique(
  samples: Pick<Volume, 'data' | 'shape' | 'channels'>,
  source: Shape3,
  interpolations: AxisInterpolations,
  target: ObliqueTarget,
  result: VoxelArray,
): void {
  const { data, channels } = samples;
  const { limits } = target;
  const taps = new PointTaps(source, stridesOf(samples.shape, channels), interpolations);
  const line = new Float64Array(target.shape[2] * channels);
  const isFloat = result instanceof Float32Array || result instanceof Float64Array;
  eachPlace(target, source, taps, (isInside, index) => {
    const at = (index % target.shape[2]) * channels;
    for (let c = 0; c < channels; c++) {
      const value = isInside ? weightedSum(data, taps, c) : Number(target.outside);
      line[at + c] = isInside && limits ? within(value, limits, c) : value;
    }
    if (at + channels < line.length) return;
    const start = (index + 1) * channels - line.length;
    if (isFloat) result.set(line, start);
    else storeRounded(line, line.length, result, start);
  });
}

/**
 * Gives each voxel the class with the most weight around it, as if each class were interpolated by
 * itself and the largest taken; of equals the lower class. No class appears that is not a neighbour.
 */
export function fillOneHot(
  { data, shape, channels }: Volume,
  interpolations: AxisInterpolations,
  target: ObliqueTarget,
  result: VoxelArray,
): void {
  const taps = new PointTaps(shape, stridesOf(shape, channels), interpolations);
  const classes = new Float64Array(8);
  const weights = new Float64Array(8);
  eachPlace(target, shape, taps, (isInside, index) => {
    for (let c = 0; c < channels; c++) {
      const at = index * channels + c;
      if (!isInside) result[at] = Number(target.outside);
      else result[at] = heaviestClass(data, taps, c, classes, weights);
    }
  });
}

function eachPlace(
  { shape: [depth, height, width], toSource, outside }: ObliqueTarget,
  source: Shape3,
  taps: PointTaps,
  visit: (isInside: boolean, index: number) => void,
): void {
  const [rowD, rowH, rowW] = toSource;
  let index = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      const z = rowD[0] * d + rowD[1] * h + rowD[3];
      const y = rowH[0] * d + rowH[1] * h + rowH[3];
      const x = rowW[0] * d + rowW[1] * h + rowW[3];
      for (let w = 0; w < width; w++) {
        const [pz, py, px] = [z + rowD[2] * w, y + rowH[2] * w, x + rowW[2] * w];
        const isInside =
          outside === 'border' ||
          (isWithin(pz, source[0]) && isWithin(py, source[1]) && isWithin(px, source[2]));
        if (isInside) taps.moveTo(pz, py, px);
        visit(isInside, index++);
      }
    }
  }
}

function within(value: number, { low, high }: ValueLimits, channel: number): number {
  return Math.min(Math.max(value, low[channel]), high[channel]);
}

function weightedSum(data: VoxelArray, taps: PointTaps, channel: number): number {
  const { counts, offsets, weights } = taps;
  let sum = 0;
  for (let d = 0; d < counts[0]; d++) {
    for (let h = 4; h < 4 + counts[1]; h++) {
      const row = offsets[d] + offsets[h] + channel;
      let along = 0;
      for (let w = 8; w < 8 + counts[2]; w++) along += weights[w] * data[row + offsets[w]];
      sum += weights[d] * weights[h] * along;
    }
  }
  return sum;
}

function heaviestClass(
  data: VoxelArray,
  { counts, offsets, weights }: PointTaps,
  channel: number,
  classes: Float64Array,
  shares: Float64Array,
): number {
  let found = 0;
  for (let d = 0; d < counts[0]; d++) {
    for (let h = 4; h < 4 + counts[1]; h++) {
      for (let w = 8; w < 8 + counts[2]; w++) {
        const label = data[offsets[d] + offsets[h] + offsets[w] + channel];
        const weight = weights[d] * weights[h] * weights[w];
        let at = 0;
        while (at < found && classes[at] !== label) at += 1;
        if (at < found) shares[at] += weight;
        else {
          [classes[at], shares[at]] = [label, weight];
          found += 1;
        }
      }
    }
  }
  let best = 0;
  for (let at = 1; at < found; at++) {
    // Sums of the same weights in another order differ in the last bit: that is no majority.
    const lead = shares[at] - shares[best];
    if (lead > 1e-9 || (lead > -1e-9 && classes[at] < classes[best])) best = at;
  }
  return classes[best];
}
