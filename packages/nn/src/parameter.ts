import * as tf from '@tensorflow/tfjs-core';

/**
 * A trainable variable holding what `initialize` returns.
 *
 * `tf.variable` copies its argument and leaves the original behind; the tidy frees it. The variable
 * itself survives, as a tidy never frees variables.
 */
export function parameter<R extends tf.Rank>(initialize: () => tf.Tensor<R>): tf.Variable<R> {
  return tf.tidy(() => tf.variable(initialize()));
}

/** Like {@link parameter}, for state that is saved but not trained, such as running statistics. */
export function buffer<R extends tf.Rank>(initialize: () => tf.Tensor<R>): tf.Variable<R> {
  return tf.tidy(() => tf.variable(initialize(), false));
}
