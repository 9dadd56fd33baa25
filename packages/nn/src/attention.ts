import type { Random } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { Initializer } from './initializers.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { attention } from './scaled-attention.js';

/** How an {@link Attention} is built. */
export interface AttentionLayerOptions {
  readonly random: Random;
  /** Whether queries, keys and values have a bias. Defaults to false, as in MONAI. */
  readonly qkvBias?: boolean;
  readonly init?: Initializer;
}

/** Multi-head self-attention. Parameters are named and ordered as in timm's `Attention`. */
export class Attention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #numHeads: number;

  /** @param numHeads must divide `dim` */
  constructor(dim: number, numHeads: number, options: AttentionLayerOptions) {
    super();
    const { random, qkvBias = false, ...rest } = options;
    this.qkv = new Linear(dim, 3 * dim, { ...rest, bias: qkvBias, random: random.stream('qkv') });
    this.proj = new Linear(dim, dim, { ...rest, random: random.stream('proj') });
    this.#numHeads = numHeads;
  }

  /** @param x `[B, L, dim]` @returns `[B, L, dim]` */
  call(x: tf.Tensor3D): tf.Tensor3D {
    const [batch, length, dim] = x.shape;
    const heads = this.#numHeads;
    return tf.tidy(() => {
      const qkv = tf.reshape(this.qkv.call(x), [batch, length, 3, heads, dim / heads]);
      const stacked = tf.transpose(qkv, [2, 0, 3, 1, 4]); // [3, B, H, L, hd]
      const part = (index: number): tf.Tensor4D =>
        tf.reshape(tf.slice(stacked, [index], [1]), [batch, heads, length, dim / heads]);
      const mixed = attention(part(0), part(1), part(2)); // [B, H, L, hd]
      const merged: tf.Tensor4D = tf.transpose(mixed, [0, 2, 1, 3]);
      return this.proj.call(tf.reshape(merged, [batch, length, dim]));
    });
  }
}
