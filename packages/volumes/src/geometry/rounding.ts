import type { VoxelArray } from '@voxmim/core';

/**
 * Stores values in voxels of another type. Typed integer arrays cut off fractions and wrap around;
 * here values round and stop at the ends of the type.
 */
export function storeRounded(
  values: Float32Array | Float64Array,
  count: number,
  target: VoxelArray,
  start: number,
): void {
  const [low, high] = rangeOf(target);
  for (let index = 0; index < count; index++) {
    const value = Math.round(values[index]);
    target[start + index] = value < low ? low : value > high ? high : value;
  }
}

function rangeOf(voxels: VoxelArray): readonly [low: number, high: number] {
  const bits = voxels.BYTES_PER_ELEMENT * 8;
  const isSigned =
    voxels instanceof Int8Array || voxels instanceof Int16Array || voxels instanceof Int32Array;
  return isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}
