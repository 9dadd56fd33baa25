/**
 * Losses made of each class's {@link ClassSums}.
 *
 * @module
 */
import * as tf from '@tensorflow/tfjs-core';

import type { ClassSums } from './class-sums.js';
import type { DiceConfig, GeneralizedDiceConfig, TverskyConfig } from './loss-config.js';

/** What the overlap losses share. */
interface OverlapOptions {
  readonly includeBackground: boolean;
  readonly batch: boolean;
}

/** Soft Dice, its mean over samples and classes. */
export function diceLoss(sums: ClassSums, options: Omit<DiceConfig, 'name'>): tf.Scalar {
  const { overlap, predicted, actual } = counted(sums, options);
  const dice = tf.div(
    tf.add(tf.mul(overlap, 2), options.smoothNumerator),
    tf.add(tf.add(predicted, actual), options.smoothDenominator),
  );
  return tf.sub(1, tf.mean(dice));
}

/**
 * Dice of weighed sums over classes, its mean over samples. A class that is absent weighs as much
 * as the heaviest one.
 */
export function generalizedDiceLoss(
  sums: ClassSums,
  options: Omit<GeneralizedDiceConfig, 'name'>,
): tf.Scalar {
  const { overlap, predicted, actual } = counted(sums, options);
  const power = { square: 2, simple: 1, uniform: 0 }[options.weighting];
  const present = tf.cast(tf.greater(actual, 0), 'float32');
  const known = tf.mul(present, tf.pow(tf.maximum(actual, 1), -power));
  const weights = tf.add(known, tf.mul(tf.sub(1, present), tf.max(known, 1, true)));
  const total = (sum: tf.Tensor) => tf.sum(tf.mul(sum, weights), 1);
  const dice = tf.div(
    tf.add(tf.mul(total(overlap), 2), options.smoothNumerator),
    tf.add(total(tf.add(predicted, actual)), options.smoothDenominator),
  );
  return tf.sub(1, tf.mean(dice));
}

/** Tversky's index, its mean over samples and classes. */
export function tverskyLoss(sums: ClassSums, options: Omit<TverskyConfig, 'name'>): tf.Scalar {
  const { overlap, predicted, actual } = counted(sums, options);
  const errors = tf.add(
    tf.mul(tf.sub(predicted, overlap), options.falsePositiveWeight),
    tf.mul(tf.sub(actual, overlap), options.falseNegativeWeight),
  );
  const index = tf.div(
    tf.add(overlap, options.smoothNumerator),
    tf.add(tf.add(overlap, errors), options.smoothDenominator),
  );
  return tf.sub(1, tf.mean(index));
}

/** The sums of the classes that count, over the whole batch where that is asked. */
function counted(sums: ClassSums, { includeBackground, batch }: OverlapOptions) {
  const select = (sum: tf.Tensor2D): tf.Tensor2D => {
    const first = includeBackground || sums.overlapping || sum.shape[1] === 1 ? 0 : 1;
    const kept = tf.slice(sum, [0, first], [-1, -1]);
    return batch ? tf.sum(kept, 0, true) : kept;
  };
  return {
    overlap: select(sums.overlap),
    predicted: select(sums.predicted),
    actual: select(sums.actual),
  };
}
