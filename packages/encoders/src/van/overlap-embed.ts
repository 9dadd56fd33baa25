import { mapAxes, type ForwardContext, type Random, type Shape3 } from '@voxmim/core';
import { Module, type Conv3d } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { VanConfig } from './config.js';
import { convolution } from './convolution.js';
import { featureNorm, type FeatureNorm } from './feature-norm.js';

/**
 * Makes one token of each box of `stride` voxels with a convolution that looks `stride - 1` voxels
 * beyond: kernel 7 for stride 4, kernel 3 for stride 2.
 */
export class OverlapEmbed extends Module {
  readonly proj: Conv3d;
  readonly norm: FeatureNorm;

  constructor(
    inChannels: number,
    outChannels: number,
    options: { readonly stride: Shape3; readonly norm: VanConfig['norm']; readonly random: Random },
  ) {
    super();
    const { stride, norm, random } = options;
    this.proj = convolution(inChannels, outChannels, {
      kernel: mapAxes(stride, (size) => 2 * size - 1),
      strides: stride,
      random: random.stream('proj'),
    });
    this.norm = featureNorm(norm, outChannels);
  }

  /** @param x `[B, D, H, W, inChannels]` @returns `[B, D / sd, H / sh, W / sw, outChannels]` */
  call(x: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D {
    return tf.tidy(() => this.norm.call(this.proj.call(x), context));
  }
}
