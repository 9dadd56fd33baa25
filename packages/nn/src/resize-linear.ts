import type { Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

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
 * without smoothing where the grid gets coarser. Three matrix products, so its gradient is right
 * on every backend.
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
  const [batch, depth, height, width, channels] = x.shape;
  const [toDepth, toHeight, toWidth] = shape;
  if (depth === toDepth && height === toHeight && width === toWidth) return tf.clone(x);
  return tf.tidy(() => {
    // Each product resizes the leading axis and moves it to the end: d h w bc, h w bc D, w bc D H.
    const resized = [depth, height, width].reduce<tf.Tensor>(
      (rotated, extent, axis) =>
        tf.matMul(
          tf.reshape(rotated, [extent, -1]),
          sampling(extent, shape[axis] ?? extent, alignCorners),
          true,
        ),
      tf.transpose(x, [1, 2, 3, 0, 4]),
    );
    const planes: tf.Tensor5D = tf.reshape(resized, [batch, channels, toDepth, toHeight, toWidth]);
    return tf.transpose<tf.Tensor5D>(planes, [0, 2, 3, 4, 1]);
  });
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
