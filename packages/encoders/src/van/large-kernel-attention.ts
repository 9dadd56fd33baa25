import type { Random } from '@voxmim/core';
import { gelu, Module, type Conv3d } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { depthwise, pointwise } from './convolution.js';

/**
 * Weighs each voxel and channel by what lies up to 11 voxels around it: a depthwise 5³, a depthwise
 * 7³ of dilation 3 and a mixing of channels, multiplied with the input.
 */
class LargeKernelGate extends Module {
  readonly conv0: Conv3d;
  readonly convSpatial: Conv3d;
  readonly conv1: Conv3d;

  constructor(dim: number, random: Random) {
    super();
    this.conv0 = depthwise(dim, 5, random.stream('conv0'));
    this.convSpatial = depthwise(dim, 7, random.stream('convSpatial'), 3);
    this.conv1 = pointwise(dim, dim, random.stream('conv1'));
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const around = this.convSpatial.call(this.conv0.call(x));
      return tf.mul(x, this.conv1.call(around));
    });
  }
}

/**
 * VAN's attention: a gate of large kernels between two mixings of channels, with a residual of its
 * own. Names as in Visual-Attention-Network, but for the underscores that `VanEncoder` puts in.
 */
export class LargeKernelAttention extends Module {
  readonly proj1: Conv3d;
  readonly spatialGatingUnit: LargeKernelGate;
  readonly proj2: Conv3d;

  constructor(dim: number, random: Random) {
    super();
    this.proj1 = pointwise(dim, dim, random.stream('proj1'));
    this.spatialGatingUnit = new LargeKernelGate(dim, random.stream('gate'));
    this.proj2 = pointwise(dim, dim, random.stream('proj2'));
  }

  /** @param x `[B, d, h, w, dim]` @returns the same shape */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const gated = this.spatialGatingUnit.call(gelu(this.proj1.call(x)));
      return tf.add(x, this.proj2.call(gated));
    });
  }
}
