import { spendWeights } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A trainable variable holding what `initialize` returns.
 *
 * `tf.variable` copies its argument and leaves the original behind; the tidy frees it. The variable
 * itself survives, as a tidy never frees variables.
 */
export function parameter<R extends tf.Rank>(initialize: () => tf.Tensor<R>): tf.Variable<R> {
  return spent(tf.tidy(() => tf.variable(initialize())));
}

/** @throws `INVALID_CONFIG` for a model that grows beyond its budget; see `withWeightBudget` */
function spent<R extends tf.Rank>(variable: tf.Variable<R>): tf.Variable<R> {
  spendWeights(variable.size);
  return variable;
}

const keptShares = new WeakMap<tf.Variable, number>();

/**
 * Like {@link parameter}, for state that is saved but not trained, such as running statistics.
 *
 * @param options `keptByPass` for a moving average: the share of its value that a training pass keeps. Processes
 *   that train together bring their passes into one order by it; other state they average.
 */
export function buffer<R extends tf.Rank>(
  initialize: () => tf.Tensor<R>,
  options: { readonly keptByPass?: number } = {},
): tf.Variable<R> {
  const variable = spent(tf.tidy(() => tf.variable(initialize(), false)));
  if (options.keptByPass !== undefined) keptShares.set(variable, options.keptByPass);
  return variable;
}

/** The share of a {@link buffer} that a training pass keeps; undefined where it is no moving average. */
export function keptByPass(variable: tf.Variable): number | undefined {
  return keptShares.get(variable);
}
