import type { Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { resampleAxes } from './resample-axes.js';

/** Where the samples of a resized axis lie. */
export interface ResizeOptions {
  /**
   * Whether the first and last voxels' centres stay in place (MONAI's and UPerNet's habit) instead
   * of the field of view. Defaults to false.
   */
  readonly alignCorners?: boolean;
}

/**
 * Trilinear interpolation to another grid: PyTorch's `interpolate(mode='trilinear')`, and like it
 * without smoothing where the grid gets coarser.
 *
 * @param x `[B, D, H, W, C]`
 * @param shape voxels per axis of the result
 * @returns `[B, ...shape, C]`
 */
export function resizeLinear(
  x: tf.Tensor5D,
  shape: Shape3,
  { alignCorners = false }: ResizeOptions = {},
): tf.Tensor5D {
  const [, depth, height, width] = x.shape;
  if (depth === shape[0] && height === shape[1] && width === shape[2]) return tf.clone(x);
  return resampleAxes(x, (extent, axis) => sampling(extent, shape[axis], alignCorners));
}

/** `[from, to]`: the share of each voxel of one axis in each of the other. */
function sampling(from: number, to: number, alignCorners: boolean): tf.Tensor2D {
  const shares = new Float32Array(from * to);
  const scale = alignCorners ? (from - 1) / Math.max(1, to - 1) : from / to;
  for (let index = 0; index < to; index++) {
    const place = alignCorners ? index * scale : Math.max(0, (index + 0.5) * scale - 0.5);
    const before = Math.min(Math.floor(place), from - 1);
    const after = Math.min(before + 1, from - 1);
    const share = after - before === 1 ? place - before : 0;
    shares[before * to + index] = 1 - share;
    if (share > 0) shares[after * to + index] = share;
  }
  return tf.tensor2d(shares, [from, to]);
}
