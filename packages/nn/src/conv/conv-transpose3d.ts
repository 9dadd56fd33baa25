import { VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { unpatchify } from '../patchify.js';

/**
 * Transposed 3D convolution whose strides equal its kernel: every voxel becomes a box of
 * `[kd, kh, kw]` voxels, none overlapping. One matrix product and two transposes of rank five at
 * most; TF.js's own has no gradient, and is wrong on wasm.
 *
 * @param x `[B, D, H, W, Cin]`
 * @param weight `[Cin, Cout, kd, kh, kw]`: PyTorch's layout, inputs first
 * @returns `[B, D * kd, H * kh, W * kw, Cout]`
 * @throws `SHAPE_MISMATCH` when the channels of `x` are not the weight's
 */
export function convTranspose3d(x: tf.Tensor5D, weight: tf.Tensor5D): tf.Tensor5D {
  const [batch, depth, height, width, channels] = x.shape;
  const [inChannels, , kd, kh, kw] = weight.shape;
  if (channels !== inChannels) {
    throw new VoxmimError(
      'SHAPE_MISMATCH',
      `A transposed convolution with weight [${weight.shape.join(', ')}] does not fit an input of [${x.shape.join(', ')}].`,
      'Give [B, D, H, W, Cin] and a weight of [Cin, Cout, kd, kh, kw].',
      { expected: `[B, D, H, W, ${inChannels}]`, received: x.shape },
    );
  }
  return tf.tidy(() => {
    const matrix = tf.reshape(tf.transpose(weight, [0, 2, 3, 4, 1]), [inChannels, -1]);
    const boxes = tf.matMul(tf.reshape(x, [-1, inChannels]), matrix); // [B D H W, kd kh kw Cout]
    const tokens = tf.reshape<tf.Rank.R3>(boxes, [batch, depth * height * width, -1]);
    return unpatchify(tokens, [depth, height, width], [kd, kh, kw]);
  });
}
