import type { ForwardContext, Random } from '@voxmim/core';
import { dropPath, gelu, Module, parameter, type Conv3d } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { VanConfig } from './config.js';
import { depthwise, pointwise } from './convolution.js';
import { featureNorm, type FeatureNorm } from './feature-norm.js';
import { LargeKernelAttention } from './large-kernel-attention.js';

/** Two mixings of channels with a depthwise 3³ and a GELU between. */
class ConvolutionalMlp extends Module {
  readonly fc1: Conv3d;
  readonly dwconv: Conv3d;
  readonly fc2: Conv3d;

  constructor(dim: number, hiddenDim: number, random: Random) {
    super();
    this.fc1 = pointwise(dim, hiddenDim, random.stream('fc1'));
    this.dwconv = depthwise(hiddenDim, 3, random.stream('dwconv'));
    this.fc2 = pointwise(hiddenDim, dim, random.stream('fc2'));
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => this.fc2.call(gelu(this.dwconv.call(this.fc1.call(x)))));
  }
}

/** How a {@link VanBlock} is built. */
export interface VanBlockOptions extends Pick<VanConfig, 'norm' | 'layerScale'> {
  readonly mlpRatio: number;
  readonly dropPathRate: number;
  readonly random: Random;
}

/** `x += scale1 · attention(norm1(x)); x += scale2 · mlp(norm2(x))`. */
export class VanBlock extends Module {
  /** `[dim]`, as `layerScale2` */
  readonly layerScale1: tf.Variable<tf.Rank.R1>;
  readonly layerScale2: tf.Variable<tf.Rank.R1>;
  readonly norm1: FeatureNorm;
  readonly attn: LargeKernelAttention;
  readonly norm2: FeatureNorm;
  readonly mlp: ConvolutionalMlp;
  readonly #dropPathRate: number;

  constructor(dim: number, options: VanBlockOptions) {
    super();
    const { norm, layerScale, mlpRatio, random } = options;
    this.layerScale1 = parameter(() => tf.fill<tf.Rank.R1>([dim], layerScale));
    this.layerScale2 = parameter(() => tf.fill<tf.Rank.R1>([dim], layerScale));
    this.norm1 = featureNorm(norm, dim);
    this.attn = new LargeKernelAttention(dim, random.stream('attn'));
    this.norm2 = featureNorm(norm, dim);
    this.mlp = new ConvolutionalMlp(dim, Math.floor(dim * mlpRatio), random.stream('mlp'));
    this.#dropPathRate = options.dropPathRate;
  }

  /** @param x `[B, d, h, w, dim]` @param context its `random` must be this block's own stream */
  call(x: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D {
    return tf.tidy(() => {
      const gated = this.attn.call(this.norm1.call(x, context));
      const attended = this.#join(x, gated, this.layerScale1, 'attn', context);
      const mixed = this.mlp.call(this.norm2.call(attended, context));
      return this.#join(attended, mixed, this.layerScale2, 'mlp', context);
    });
  }

  #join(
    x: tf.Tensor5D,
    branch: tf.Tensor5D,
    scale: tf.Tensor1D,
    key: string,
    context?: ForwardContext,
  ): tf.Tensor5D {
    const scaled: tf.Tensor5D = tf.mul(branch, scale);
    return tf.add(x, dropPath(scaled, this.#dropPathRate, key, context));
  }
}
