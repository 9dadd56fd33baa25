import type { ForwardContext, Random } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { Attention } from './attention.js';
import { dropPath } from './drop-path.js';
import { gelu } from './gelu.js';
import type { Initializer } from './initializers.js';
import { LayerNorm } from './layer-norm.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { recomputed } from './recomputed.js';

/** Two linear layers with a GELU between; names as in timm. */
export class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(
    dim: number,
    hiddenDim: number,
    { random, ...rest }: { readonly random: Random; readonly init?: Initializer },
  ) {
    super();
    this.fc1 = new Linear(dim, hiddenDim, { ...rest, random: random.stream('fc1') });
    this.fc2 = new Linear(hiddenDim, dim, { ...rest, random: random.stream('fc2') });
  }

  /** @param x `[..., dim]` */
  call<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    return tf.tidy(() => this.fc2.call(gelu(this.fc1.call(x))));
  }
}

/** How a {@link TransformerBlock} is built. */
export interface TransformerBlockOptions {
  /** Must divide the width. */
  readonly numHeads: number;
  /** Hidden width of the MLP over the width; rounded down. */
  readonly mlpRatio: number;
  readonly random: Random;
  /** Defaults to false. */
  readonly qkvBias?: boolean;
  /** Share of samples whose branches are dropped in training. Defaults to 0. */
  readonly dropPathRate?: number;
  /** Of the layer norms. Defaults to 1e-5. */
  readonly epsilon?: number;
  readonly init?: Initializer;
  /** Whether a training pass keeps only what goes into the block; see {@link recomputed}. Defaults to false. */
  readonly recompute?: boolean;
}

/** A pre-norm transformer block: `x += attn(norm1(x)); x += mlp(norm2(x))`, named as timm's. */
export class TransformerBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  readonly #dropPathRate: number;
  readonly #recompute: boolean;

  constructor(dim: number, options: TransformerBlockOptions) {
    super();
    const { numHeads, mlpRatio, random, dropPathRate = 0, epsilon = 1e-5, ...more } = options;
    const { recompute = false, ...rest } = more;
    this.norm1 = new LayerNorm(dim, { epsilon });
    this.attn = new Attention(dim, numHeads, { ...rest, random: random.stream('attn') });
    this.norm2 = new LayerNorm(dim, { epsilon });
    const { init } = rest;
    this.mlp = new Mlp(dim, Math.floor(dim * mlpRatio), {
      random: random.stream('mlp'),
      ...(init && { init }),
    });
    this.#dropPathRate = dropPathRate;
    this.#recompute = recompute;
  }

  /**
   * @param x `[B, L, dim]`
   * @param context its `random` must be this block's own stream
   * @returns `[B, L, dim]`
   */
  call(x: tf.Tensor3D, context?: ForwardContext): tf.Tensor3D {
    if (!this.#recompute || !context?.training) return this.#compute(x, context);
    const parameters = [...this.namedParameters().values()];
    return recomputed(x, parameters, (rows) => this.#compute(rows, context));
  }

  #compute(x: tf.Tensor3D, context?: ForwardContext): tf.Tensor3D {
    const drop = (branch: tf.Tensor3D, key: string) =>
      dropPath(branch, this.#dropPathRate, key, context);
    return tf.tidy(() => {
      const attended: tf.Tensor3D = tf.add(x, drop(this.attn.call(this.norm1.call(x)), 'attn'));
      return tf.add(attended, drop(this.mlp.call(this.norm2.call(attended)), 'mlp'));
    });
  }
}

/** Runs `blocks` in order, each with its own stream of `context`. */
export function runBlocks(
  blocks: readonly TransformerBlock[],
  tokens: tf.Tensor3D,
  context?: ForwardContext,
): tf.Tensor3D[] {
  const outputs: tf.Tensor3D[] = [];
  blocks.forEach((block, index) => {
    const own = context && { ...context, random: context.random.stream('block', index) };
    outputs.push(block.call(outputs.at(-1) ?? tokens, own));
  });
  return outputs;
}
