import * as tf from '@tensorflow/tfjs-core';

import { runKernel } from './kernel.js';

/** One parameter and what AdamW remembers of it; all of one shape. */
export interface AdamWState<R extends tf.Rank = tf.Rank> {
  readonly param: tf.Tensor<R>;
  readonly firstMoment: tf.Tensor<R>;
  readonly secondMoment: tf.Tensor<R>;
}

/** The numbers of one AdamW step, the same for every parameter of a group. */
export interface AdamWNumbers {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Steps done, this one included: 1, 2, … */
  readonly step: number;
  /** What gradients are multiplied by: clipping and the mean over accumulated batches. */
  readonly gradientScale: number;
}

/**
 * Packs what changes from step to step as the tensor that {@link adamWStep} takes, so that engines
 * that compile graphs need not compile a new one.
 *
 * @returns `[5]`: `learningRate / (1 - beta1^step)`, `1 / sqrt(1 - beta2^step)`,
 *   `1 - learningRate · weightDecay`, `gradientScale`, `epsilon`
 */
export function adamWHyper(numbers: AdamWNumbers): tf.Tensor1D {
  const { learningRate, weightDecay, beta1, beta2, epsilon, step, gradientScale } = numbers;
  return tf.tensor1d([
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    1 - learningRate * weightDecay,
    gradientScale,
    epsilon,
  ]);
}

/**
 * One step of AdamW on one parameter, in one kernel where the backend has it. Pure: the caller
 * assigns what comes back, and frees it.
 *
 * Source: Loshchilov & Hutter, arXiv:1711.05101, with PyTorch's formula (`torch.optim.AdamW`).
 *
 * @param hyper `[5]`, see {@link adamWHyper}
 */
export function adamWStep<R extends tf.Rank>(
  { param, firstMoment, secondMoment }: AdamWState<R>,
  grad: tf.Tensor<R>,
  hyper: tf.Tensor1D,
  { beta1, beta2 }: Pick<AdamWNumbers, 'beta1' | 'beta2'>,
): AdamWState<R> {
  const inputs = { param, grad, firstMoment, secondMoment, hyper };
  const [newParam, newFirst, newSecond] = runKernel<tf.Tensor<R>[]>(
    'VoxmimAdamW',
    inputs,
    { beta1, beta2 },
    () => tf.tidy(() => composed(inputs, beta1, beta2)),
  );
  return {
    param: newParam ?? param,
    firstMoment: newFirst ?? firstMoment,
    secondMoment: newSecond ?? secondMoment,
  };
}

function composed<R extends tf.Rank>(
  inputs: AdamWState<R> & { readonly grad: tf.Tensor<R>; readonly hyper: tf.Tensor1D },
  beta1: number,
  beta2: number,
): tf.Tensor<R>[] {
  const { param, grad, firstMoment, secondMoment, hyper } = inputs;
  const number = (index: number) => tf.reshape(tf.slice(hyper, [index], [1]), []);
  const scaled = tf.mul(grad, number(3));
  const first: tf.Tensor<R> = tf.add(tf.mul(firstMoment, beta1), tf.mul(scaled, 1 - beta1));
  const second: tf.Tensor<R> = tf.add(
    tf.mul(secondMoment, beta2),
    tf.mul(tf.square(scaled), 1 - beta2),
  );
  const size = tf.add(tf.mul(tf.sqrt(second), number(1)), number(4));
  const step = tf.mul(tf.div(first, size), number(0));
  return [tf.sub(tf.mul(param, number(2)), step), first, second];
}
