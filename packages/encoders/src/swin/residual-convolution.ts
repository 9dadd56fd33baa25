import type { Random } from '@voxmim/core';
import { Conv3d, instanceNorm, Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/** Of the leaky ReLU. */
const SLOPE = 0.01;

/**
 * Two 3³ convolutions without bias around a residual, each followed by instance norm and a leaky
 * ReLU, that keep the width: what a stage of Swin UNETR v2 begins with.
 *
 * Source: He et al., MICCAI 2023; MONAI's `UnetrBasicBlock` (`layers1c` … `layers4c`).
 */
export class ResidualConvolution extends Module {
  readonly conv1: Conv3d;
  readonly conv2: Conv3d;

  constructor(dim: number, random: Random) {
    super();
    this.conv1 = convolution(dim, random.stream('conv1'));
    this.conv2 = convolution(dim, random.stream('conv2'));
  }

  /** @param x `[B, d, h, w, dim]` @returns the same shape */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const first: tf.Tensor5D = tf.leakyRelu(instanceNorm(this.conv1.call(x)), SLOPE);
      const second: tf.Tensor5D = tf.add(instanceNorm(this.conv2.call(first)), x);
      return tf.leakyRelu(second, SLOPE);
    });
  }
}

function convolution(dim: number, random: Random): Conv3d {
  return new Conv3d(dim, dim, [3, 3, 3], { random, padding: [1, 1, 1], bias: false });
}
