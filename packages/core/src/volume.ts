import type { Affine } from './affine.js';
import type { Shape3 } from './shapes.js';

/** The arrays that hold voxels. 64-bit integers in files are read as float64 or int32 where exact. */
export type VoxelArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * A 3D image on a regular grid: intensities or class labels.
 *
 * Voxel `(d, h, w)` of channel `c` is `data[((d * H + h) * W + w) * channels + c]`, and lies at
 * `affine · (d, h, w, 1)` in RAS+ millimetres. A single-channel NIfTI file's data are already in
 * this order.
 */
export interface Volume<Voxels extends VoxelArray = VoxelArray> {
  readonly data: Voxels;
  /** Voxels per axis, `[depth, height, width]`. */
  readonly shape: Shape3;
  readonly channels: number;
  readonly affine: Affine;
}

/** A volume of class indices, one channel; 0 is background. */
export type LabelVolume =
  Volume<Uint8Array> | Volume<Uint16Array> | Volume<Int16Array> | Volume<Int32Array>;
