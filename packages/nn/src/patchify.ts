import { type Shape3, tile, volumeOf } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Cuts volumes into patches that tile them, one row per patch.
 *
 * A transpose of rank 5 and one of rank 4 stand in for the textbook rank-8 one: GPU backends stop
 * at rank 6.
 *
 * @param volumes `[B, D, H, W, C]`
 * @returns `[B, L, pd · ph · pw · C]`; patches and the voxels in each are in row-major
 *   `[depth, height, width]` order, channels last
 * @throws `SHAPE_MISMATCH` when an axis is no multiple of `patchSize`
 */
export function patchify(volumes: tf.Tensor5D, patchSize: Shape3): tf.Tensor3D {
  const [batch, depth, height, width, channels] = volumes.shape;
  const [pd, ph, pw] = patchSize;
  const gridShape = tile([depth, height, width], patchSize);
  const [gd, gh, gw] = gridShape;
  return tf.tidy(() => {
    const rows = tf.transpose(
      tf.reshape(volumes, [batch * gd, pd, gh, ph, width * channels]),
      [0, 2, 1, 3, 4],
    );
    const cells = tf.transpose(
      tf.reshape(rows, [batch * gd * gh, pd * ph, gw, pw * channels]),
      [0, 2, 1, 3],
    );
    return tf.reshape(cells, [batch, volumeOf(gridShape), volumeOf(patchSize) * channels]);
  });
}

/**
 * Puts patches back where {@link patchify} cut them.
 *
 * @param patches `[B, L, pd · ph · pw · C]`
 * @returns `[B, D, H, W, C]`
 */
export function unpatchify(
  patches: tf.Tensor3D,
  gridShape: Shape3,
  patchSize: Shape3,
): tf.Tensor5D {
  const [batch, , values] = patches.shape;
  const [gd, gh, gw] = gridShape;
  const [pd, ph, pw] = patchSize;
  const channels = values / volumeOf(patchSize);
  return tf.tidy(() => {
    const rows = tf.transpose(
      tf.reshape(patches, [batch * gd * gh, gw, pd * ph, pw * channels]),
      [0, 2, 1, 3],
    );
    const volumes = tf.transpose(
      tf.reshape(rows, [batch * gd, gh, pd, ph, gw * pw * channels]),
      [0, 2, 1, 3, 4],
    );
    return tf.reshape(volumes, [batch, gd * pd, gh * ph, gw * pw, channels]);
  });
}
