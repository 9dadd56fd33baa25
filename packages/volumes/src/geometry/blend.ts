import type { Shape3, VoxelArray } from '@voxmim/core';

import { storeRounded } from './rounding.js';
import type { Samples } from './spline.js';
import type { AxisTaps, GridTaps } from './taps.js';

type Floats = Float32Array | Float64Array;

/**
 * Interpolates a separable target axis by axis: planes into one plane, its rows into one row, the row
 * into the target's. All but the last step work on source voxels, so that where a volume grows a voxel
 * costs little more than that step. What lies outside keeps the value that `result` has.
 *
 * @param samples with axes in the target's order
 */
export function fillBlended(
  { data, shape, channels }: Samples,
  [dTaps, hTaps, wTaps]: GridTaps,
  [, height, width]: Shape3,
  result: VoxelArray,
): void {
  const rowLength = shape[2] * channels;
  const planeLength = shape[1] * rowLength;
  const [firstRow, endRow] = rangeRead(hTaps);
  const [plane, row] = [allocate(data, planeLength), allocate(data, rowLength)];
  const line = isFloat(result) ? undefined : allocate(data, width * channels);
  for (let d = dTaps.first; d < dTaps.end; d++) {
    const isCopy = dTaps.count === 1;
    if (!isCopy)
      blend(data, 0, planeLength, dTaps, d, plane, firstRow * rowLength, endRow * rowLength);
    const [rows, start] = isCopy ? [data, dTaps.indices[d] * planeLength] : [plane, 0];
    for (let h = hTaps.first; h < hTaps.end; h++) {
      blend(rows, start, rowLength, hTaps, h, row, 0, rowLength);
      const target = ((d * height + h) * width + wTaps.first) * channels;
      if (isFloat(result)) spread(row, channels, wTaps, result, target);
      else if (line) {
        spread(row, channels, wTaps, line, 0);
        storeRounded(line, (wTaps.end - wTaps.first) * channels, result, target);
      }
    }
  }
}

/**
 * Mixes the lines that target index `index` reads, element by element from `from` to `to`.
 *
 * @param stride elements of `source` from one line to the next
 */
function blend(
  source: Floats,
  start: number,
  stride: number,
  { count, indices, weights }: AxisTaps,
  index: number,
  target: Floats,
  from: number,
  to: number,
): void {
  const at = index * count;
  const first = start + indices[at] * stride;
  if (count === 1) {
    for (let i = from; i < to; i++) target[i] = source[first + i];
    return;
  }
  if (count === 2) {
    const second = start + indices[at + 1] * stride;
    const weight = weights[at + 1];
    for (let i = from; i < to; i++) {
      const low = source[first + i];
      // In this form equal values stay exactly what they are.
      target[i] = low + (source[second + i] - low) * weight;
    }
    return;
  }
  const [second, third, fourth] = [1, 2, 3].map((tap) => start + indices[at + tap] * stride);
  const [a, b, c, d] = weights.subarray(at, at + 4);
  for (let i = from; i < to; i++) {
    target[i] =
      a * source[first + i] +
      b * source[second + i] +
      c * source[third + i] +
      d * source[fourth + i];
  }
}

/** Interpolates along a row of voxels. */
function spread(
  row: Floats,
  channels: number,
  taps: AxisTaps,
  result: Floats,
  start: number,
): void {
  const { count, indices, weights, first, end } = taps;
  if (count === 2 && channels === 1) {
    spreadPairs(row, taps, result, start);
    return;
  }
  let target = start;
  for (let index = first; index < end; index++) {
    for (let c = 0; c < channels; c++) {
      const nearest = row[indices[index * count] * channels + c];
      // As differences from one voxel, so that equal values stay exactly what they are.
      let sum = nearest;
      for (let at = index * count + 1; at < (index + 1) * count; at++) {
        sum += weights[at] * (row[indices[at] * channels + c] - nearest);
      }
      result[target++] = sum;
    }
  }
}

/** The usual case by itself: it takes half of the time of resampling. */
function spreadPairs(
  row: Floats,
  { indices, weights, first, end }: AxisTaps,
  result: Floats,
  start: number,
): void {
  let target = start;
  for (let at = first * 2; at < end * 2; at += 2) {
    const low = row[indices[at]];
    result[target++] = low + (row[indices[at + 1]] - low) * weights[at + 1];
  }
}

/** The source indices that a crop of the target needs. */
function rangeRead({ count, indices, first, end }: AxisTaps): [first: number, end: number] {
  const read = indices.subarray(first * count, end * count);
  return [
    read.reduce((least, index) => Math.min(least, index), Infinity),
    read.reduce((most, index) => Math.max(most, index), -1) + 1,
  ];
}

function isFloat(voxels: VoxelArray): voxels is Floats {
  return voxels instanceof Float32Array || voxels instanceof Float64Array;
}

function allocate(like: Floats, length: number): Floats {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}
