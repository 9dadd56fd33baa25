import type { ForwardContext, Random, Shape3 } from '@voxmim/core';
import { dropPath, LayerNorm, Mlp, Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { WindowAttention } from './window-attention.js';
import type { WindowLayout } from './window-layout.js';

/** How a {@link SwinBlock} is built. */
export interface SwinBlockOptions {
  readonly numHeads: number;
  readonly windowSize: Shape3;
  readonly layout: WindowLayout;
  readonly mlpRatio: number;
  readonly qkvBias: boolean;
  readonly dropPathRate: number;
  readonly epsilon: number;
  readonly random: Random;
}

/** A transformer block whose attention stays within windows; names as in microsoft/Swin-Transformer. */
export class SwinBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attn: WindowAttention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  readonly #dropPathRate: number;

  constructor(dim: number, options: SwinBlockOptions) {
    super();
    const { mlpRatio, epsilon, random } = options;
    this.norm1 = new LayerNorm(dim, { epsilon });
    this.attn = new WindowAttention(dim, { ...options, random: random.stream('attn') });
    this.norm2 = new LayerNorm(dim, { epsilon });
    this.mlp = new Mlp(dim, Math.floor(dim * mlpRatio), { random: random.stream('mlp') });
    this.#dropPathRate = options.dropPathRate;
  }

  /** @param x `[B, d, h, w, dim]` @param context its `random` must be this block's own stream */
  call(x: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D {
    const drop = (branch: tf.Tensor5D, key: string) =>
      dropPath(branch, this.#dropPathRate, key, context);
    return tf.tidy(() => {
      const attended: tf.Tensor5D = tf.add(x, drop(this.attn.call(this.norm1.call(x)), 'attn'));
      return tf.add(attended, drop(this.mlp.call(this.norm2.call(attended)), 'mlp'));
    });
  }
}
