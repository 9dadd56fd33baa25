import type { VoxelArray } from '@voxmim/core';

/** A new array of the same type as `voxels`, filled with zeros. */
export function allocateLike<Voxels extends VoxelArray>(voxels: Voxels, length: number): Voxels;
export function allocateLike(voxels: VoxelArray, length: number): VoxelArray {
  if (voxels instanceof Float32Array) return new Float32Array(length);
  if (voxels instanceof Float64Array) return new Float64Array(length);
  if (voxels instanceof Uint8Array) return new Uint8Array(length);
  if (voxels instanceof Int8Array) return new Int8Array(length);
  if (voxels instanceof Int16Array) return new Int16Array(length);
  if (voxels instanceof Uint16Array) return new Uint16Array(length);
  if (voxels instanceof Int32Array) return new Int32Array(length);
  return new Uint32Array(length);
}
