import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes each voxel of another grid a weighed sum of the voxels of `x`, one axis at a time: three
 * matrix products, so its gradient is right on every backend.
 *
 * @param x `[B, D, H, W, C]`
 * @param shares per axis `[from, to]`: the share of each old voxel in each new one; called inside a
 *   tidy
 * @returns `[B, D', H', W', C]`, new
 */
export function resampleAxes(
  x: tf.Tensor5D,
  shares: (extent: number, axis: 0 | 1 | 2) => tf.Tensor2D,
): tf.Tensor5D {
  const [batch, depth, height, width, channels] = x.shape;
  return tf.tidy(() => {
    const toDepth = shares(depth, 0);
    const toHeight = shares(height, 1);
    const toWidth = shares(width, 2);
    // Each product resizes the leading axis and moves it to the end: d h w bc, h w bc D, w bc D H.
    const resampled = [toDepth, toHeight, toWidth].reduce<tf.Tensor>(
      (rotated, product) => tf.matMul(tf.reshape(rotated, [product.shape[0], -1]), product, true),
      tf.transpose(x, [1, 2, 3, 0, 4]),
    );
    const planes: tf.Tensor5D = tf.reshape(resampled, [
      batch,
      channels,
      toDepth.shape[1],
      toHeight.shape[1],
      toWidth.shape[1],
    ]);
    return tf.transpose<tf.Tensor5D>(planes, [0, 2, 3, 4, 1]);
  });
}
