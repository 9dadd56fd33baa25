import type { Random } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { type Initializer, truncatedNormal } from './initializers.js';
import { Module } from './module.js';
import { parameter } from './parameter.js';

/** How a {@link Linear} starts. */
export interface LinearOptions {
  readonly random: Random;
  /** Whether there is a bias. Defaults to true; it starts at zero. */
  readonly bias?: boolean;
  /** Defaults to {@link truncatedNormal}. */
  readonly init?: Initializer;
}

/** `y = x Wᵀ + b` over the last axis, with `weight` `[outDim, inDim]` as in PyTorch. */
export class Linear extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | null;

  constructor(inDim: number, outDim: number, options: LinearOptions) {
    super();
    const { random, bias = true, init = truncatedNormal } = options;
    this.weight = parameter(() => init<tf.Rank.R2>([outDim, inDim], random.stream('weight')));
    this.bias = bias ? parameter(() => tf.zeros<tf.Rank.R1>([outDim])) : null;
  }

  /** @param x `[..., inDim]` @returns `[..., outDim]` */
  call<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    const [outDim, inDim] = this.weight.shape;
    return tf.tidy(() => {
      // One flat product: batched ones are slower on every engine.
      const flat = tf.reshape(x, [-1, inDim]);
      const product = tf.matMul(flat, this.weight, false, true);
      const y = this.bias ? tf.add(product, this.bias) : product;
      return tf.reshape(y, [...x.shape.slice(0, -1), outDim] as tf.ShapeMap[R]);
    });
  }
}
