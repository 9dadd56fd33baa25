import * as tf from '@tensorflow/tfjs-core';

import type { ClassifyLossConfig } from './config.js';

/** Of classes: the weight of each. Of values: what stands for 0 and for 1. */
export interface LossFacts {
  readonly classWeights: readonly number[];
  readonly center: number;
  readonly scale: number;
}

/**
 * The mean loss of a batch; call inside a tidy.
 *
 * @param scores `[B, outputs]`
 * @param targets of each sample: the place of its class, or its value
 */
export function classifyLoss(
  scores: tf.Tensor2D,
  targets: readonly number[],
  config: ClassifyLossConfig,
  { classWeights, center, scale }: LossFacts,
): tf.Scalar {
  if (config.name === 'crossEntropy') {
    return crossEntropy(scores, targets, classWeights, config.smoothing);
  }
  const wanted = tf.tensor1d(targets.map((value) => (value - center) / scale));
  const error = tf.abs(tf.sub(tf.reshape(scores, [targets.length]), wanted));
  if (config.name === 'l1') return tf.mean(error);
  if (config.name === 'l2') return tf.mean(tf.square(error));
  const { delta } = config;
  const near = tf.minimum(error, delta);
  return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.mul(delta, tf.sub(error, near))));
}

/** As PyTorch's: samples weigh as their classes do, smoothing spreads over all classes, weighted too. */
function crossEntropy(
  scores: tf.Tensor2D,
  targets: readonly number[],
  weights: readonly number[],
  smoothing: number,
): tf.Scalar {
  const count = weights.length;
  const spread = smoothing / count;
  // By hand, as a one-hot tensor would need its kernel on every backend.
  const rows = targets.flatMap((target) =>
    weights.map((weight, label) => weight * (spread + (label === target ? 1 - smoothing : 0))),
  );
  const total = targets.reduce((sum, target) => sum + (weights[target] ?? 1), 0);
  const logs = tf.logSoftmax(scores);
  const wanted = tf.tensor2d(rows, [targets.length, count]);
  return tf.neg(tf.div<tf.Scalar>(tf.sum(tf.mul(logs, wanted)), total));
}

/** The weight of each class: all alike, or so that each counts as much in training. */
export function classWeightsOf(
  targets: readonly number[],
  classes: number,
  balanced: boolean,
): number[] {
  return Array.from({ length: classes }, (_, label) => {
    const count = targets.filter((target) => target === label).length;
    return balanced && count > 0 ? targets.length / (classes * count) : 1;
  });
}
