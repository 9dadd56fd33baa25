import type { ForwardContext } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { instanceNorm } from './instance-norm.js';
import { Module } from './module.js';
import { buffer, parameter } from './parameter.js';

/**
 * Batch normalization of channels: over all voxels of the batch in training, by running statistics
 * otherwise. Numbers, names and starting values as PyTorch's `BatchNorm3d`; its counter
 * `num_batches_tracked`, which has no influence under a fixed momentum, is left out.
 *
 * The running statistics are buffers: saved with the weights, not trained. A training pass moves
 * them once, so two passes over a batch move them twice, as in PyTorch.
 *
 * Source: Ioffe & Szegedy, arXiv:1502.03167.
 */
export class BatchNorm extends Module {
  readonly weight: tf.Variable<tf.Rank.R1>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly runningMean: tf.Variable<tf.Rank.R1>;
  readonly runningVar: tf.Variable<tf.Rank.R1>;
  readonly #epsilon: number;
  readonly #momentum: number;

  /** @param options `momentum` is the share of the new statistics; defaults to 0.1 */
  constructor(
    channels: number,
    options: { readonly epsilon?: number; readonly momentum?: number } = {},
  ) {
    super();
    this.weight = parameter(() => tf.ones<tf.Rank.R1>([channels]));
    this.bias = parameter(() => tf.zeros<tf.Rank.R1>([channels]));
    this.#epsilon = options.epsilon ?? 1e-5;
    this.#momentum = options.momentum ?? 0.1;
    const average = { keptByPass: 1 - this.#momentum };
    this.runningMean = buffer(() => tf.zeros<tf.Rank.R1>([channels]), average);
    this.runningVar = buffer(() => tf.ones<tf.Rank.R1>([channels]), average);
  }

  /** @param x `[B, D, H, W, channels]` @returns the same shape */
  call(x: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D {
    return tf.tidy(() => {
      if (!context?.training) return this.#byRunningStatistics(x);
      this.#moveStatistics(x);
      const [batch, depth, height, width, channels] = x.shape;
      // All samples as one: then its instance is the batch.
      const whole: tf.Tensor5D = tf.reshape(x, [1, batch * depth, height, width, channels]);
      const normed = tf.reshape(instanceNorm(whole, this.#epsilon), x.shape);
      return tf.add(tf.mul(normed, this.weight), this.bias);
    });
  }

  #byRunningStatistics(x: tf.Tensor5D): tf.Tensor5D {
    const scale = tf.mul(this.weight, tf.rsqrt(tf.add(this.runningVar, this.#epsilon)));
    const shift = tf.sub(this.bias, tf.mul(this.runningMean, scale));
    return tf.add(tf.mul(x, scale), shift);
  }

  #moveStatistics(x: tf.Tensor5D): void {
    const channels = x.shape[4];
    const count = x.size / channels;
    const { mean, variance } = tf.moments(tf.reshape(x, [count, channels]), 0);
    const unbiased: tf.Tensor1D = tf.mul(variance, count / Math.max(1, count - 1));
    this.#move(this.runningMean, mean);
    this.#move(this.runningVar, unbiased);
  }

  #move(running: tf.Variable<tf.Rank.R1>, seen: tf.Tensor): void {
    const kept: tf.Tensor1D = tf.mul(running, 1 - this.#momentum);
    running.assign(tf.add(kept, tf.mul(seen, this.#momentum)));
  }
}
