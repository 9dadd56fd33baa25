import type { Shape3, TokenMask } from '@voxmim/core';
import { patchify, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Sets the voxels of hidden tokens to zero: what a stem whose windows overlap needs.
 *
 * @param volumes `[B, D, H, W, C]`
 */
export function hideVoxels(volumes: tf.Tensor5D, mask: TokenMask, patchSize: Shape3): tf.Tensor5D {
  return tf.tidy(() => {
    const visible = tf.sub(1, hiddenFlags(mask));
    const shown: tf.Tensor3D = tf.mul(patchify(volumes, patchSize), visible);
    return unpatchify(shown, mask.gridShape, patchSize);
  });
}

/**
 * Puts a token in the place of hidden ones, whatever was there.
 *
 * @param tokens `[B, d, h, w, C]`, on the grid of `mask`
 * @param maskToken `[C]`
 */
export function placeToken(
  tokens: tf.Tensor5D,
  mask: TokenMask,
  maskToken: tf.Tensor,
): tf.Tensor5D {
  return tf.tidy(() => {
    const hidden = tf.reshape(hiddenFlags(mask), [mask.batchSize, ...mask.gridShape, 1]);
    const kept = tf.mul(tokens, tf.sub(1, hidden));
    return tf.add(kept, tf.mul(tf.reshape(maskToken, [1, 1, 1, 1, -1]), hidden));
  });
}

/** `[B, L, 1]`; 1 is hidden. */
function hiddenFlags({ hidden, batchSize }: TokenMask): tf.Tensor3D {
  const flags = Float32Array.from(hidden);
  return tf.tensor3d(flags, [batchSize, hidden.length / batchSize, 1]);
}
