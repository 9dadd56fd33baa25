import * as tf from '@tensorflow/tfjs-core';

import { runKernel, withGradient } from './kernel.js';
import { Module } from './module.js';
import { parameter } from './parameter.js';

/**
 * Normalizes the last axis to mean 0 and (biased) variance 1, then scales and shifts it.
 *
 * Source: Ba et al., arXiv:1607.06450; numbers as PyTorch's `layer_norm`.
 *
 * @param x `[..., C]`
 * @param weight `[C]`
 * @param bias `[C]`
 */
export function layerNorm<R extends tf.Rank>(
  x: tf.Tensor<R>,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor<R> {
  return withGradient(
    [x, weight, bias],
    [x, weight],
    () =>
      runKernel<tf.Tensor<R>>('VoxmimLayerNorm', { x, weight, bias }, { epsilon }, () =>
        tf.add(tf.mul(standardize(x, epsilon).normed, weight), bias),
      ),
    (dy, [keptX = x, keptWeight = weight]) =>
      runKernel<tf.Tensor[]>(
        'VoxmimLayerNormGrad',
        { dy, x: keptX, weight: keptWeight },
        { epsilon },
        () => layerNormGrad(dy, keptX, keptWeight, epsilon),
      ),
  );
}

/** Layer normalization with its own `weight` and `bias`, `[dim]` each, which start at 1 and 0. */
export class LayerNorm extends Module {
  readonly weight: tf.Variable<tf.Rank.R1>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly #epsilon: number;

  /** @param options `epsilon` defaults to PyTorch's and MONAI's 1e-5; facebook MAE uses 1e-6 */
  constructor(dim: number, { epsilon = 1e-5 }: { readonly epsilon?: number } = {}) {
    super();
    this.weight = parameter(() => tf.ones<tf.Rank.R1>([dim]));
    this.bias = parameter(() => tf.zeros<tf.Rank.R1>([dim]));
    this.#epsilon = epsilon;
  }

  /** @param x `[..., dim]` */
  call<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
    return layerNorm(x, this.weight, this.bias, this.#epsilon);
  }
}

function standardize(x: tf.Tensor, epsilon: number): { normed: tf.Tensor; scale: tf.Tensor } {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
  return { normed: tf.mul(centered, scale), scale };
}

function layerNormGrad(
  dy: tf.Tensor,
  x: tf.Tensor,
  weight: tf.Tensor,
  epsilon: number,
): tf.Tensor[] {
  const { normed, scale } = standardize(x, epsilon);
  const rows = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const pull = tf.mul(dy, weight);
  const along = tf.mul(normed, tf.mean(tf.mul(pull, normed), -1, true));
  const dx = tf.mul(scale, tf.sub(tf.sub(pull, tf.mean(pull, -1, true)), along));
  return [dx, tf.sum(tf.mul(dy, normed), rows), tf.sum(dy, rows)];
}
