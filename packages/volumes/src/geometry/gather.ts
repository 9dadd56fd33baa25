import { type Shape3, type Vector3, type Volume, volumeOf, type VoxelArray } from '@voxmim/core';

import { allocateLike } from './allocate.js';
import type { Samples } from './spline.js';
import type { AxisTaps, GridTaps } from './taps.js';

/**
 * Copies the nearest voxel to each place of a separable target, of any channels; what lies outside
 * keeps the value that `result` has.
 */
export function gatherNearest(
  { data, shape, channels }: Volume,
  taps: GridTaps,
  [, height, width]: Shape3,
  result: VoxelArray,
): void {
  const strides = stridesOf(shape, channels);
  const offsets = (axis: AxisTaps) => axis.indices.map((index) => index * strides[axis.axis]);
  const [dTaps, hTaps, wTaps] = taps;
  const [dOffsets, hOffsets, wOffsets] = [offsets(dTaps), offsets(hTaps), offsets(wTaps)];
  const [from, to] = [bitsOf(data), bitsOf(result)];
  for (let d = dTaps.first; d < dTaps.end; d++) {
    for (let h = hTaps.first; h < hTaps.end; h++) {
      const row = dOffsets[d] + hOffsets[h];
      let target = ((d * height + h) * width + wTaps.first) * channels;
      for (let w = wTaps.first; w < wTaps.end; w++) {
        const source = row + wOffsets[w];
        for (let c = 0; c < channels; c++) to[target++] = from[source + c];
      }
    }
  }
}

/** The axes in another order: axis `i` of the result is axis `axes[i]`. */
export function transposeVoxels(
  samples: Samples,
  axes: readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2],
): Samples {
  if (axes.every((from, axis) => from === axis)) return samples;
  const { data, shape, channels } = samples;
  const turned: Shape3 = [shape[axes[0]], shape[axes[1]], shape[axes[2]]];
  const strides = stridesOf(shape, channels);
  const moved = allocateLike(data, volumeOf(turned) * channels);
  const [from, to] = [bitsOf(data), bitsOf(moved)];
  let target = 0;
  for (let d = 0; d < turned[0]; d++) {
    for (let h = 0; h < turned[1]; h++) {
      let source = d * strides[axes[0]] + h * strides[axes[1]];
      for (let w = 0; w < turned[2]; w++) {
        for (let c = 0; c < channels; c++) to[target++] = from[source + c];
        source += strides[axes[2]];
      }
    }
  }
  return { data: moved, shape: turned, channels };
}

/** Elements from one voxel to the next along each axis. */
export function stridesOf(shape: Shape3, channels: number): Vector3 {
  return [shape[1] * shape[2] * channels, shape[2] * channels, channels];
}

/**
 * The same memory as one of four types. Copies need no numbers, and a loop that has seen all eight
 * types of voxels is several times slower.
 */
export function bitsOf(voxels: VoxelArray): Uint8Array | Uint16Array | Uint32Array | Float64Array {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = voxels;
  if (BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, length);
  if (BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, length);
  if (BYTES_PER_ELEMENT === 4) return new Uint32Array(buffer, byteOffset, length);
  return new Float64Array(buffer, byteOffset, length);
}
