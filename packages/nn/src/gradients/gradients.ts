import * as tf from '@tensorflow/tfjs-core';

import './register-gradients.js';

/** A loss and its gradients by parameter path. */
export interface LossGradients {
  readonly loss: tf.Scalar;
  readonly gradients: tf.NamedTensorMap;
}

/**
 * The gradients of a scalar. A parameter that `loss` does not use has no entry.
 *
 * @param loss plain TF.js; may run inside the caller's tidy, so nothing it keeps may be async
 */
export function gradientsOf(
  loss: () => tf.Scalar,
  parameters: ReadonlyMap<string, tf.Variable>,
): LossGradients {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
    const gradients: tf.NamedTensorMap = {};
    for (const [name, variable] of parameters) {
      const gradient: tf.Tensor | null | undefined = grads[variable.name];
      if (gradient) gradients[name] = gradient;
    }
    return { loss: value, gradients };
  });
}

/** Adds two sets of gradients; a name in one of them only keeps its value. */
export function addGradients(
  left: Readonly<tf.NamedTensorMap>,
  right: Readonly<tf.NamedTensorMap>,
): tf.NamedTensorMap {
  return tf.tidy(() => {
    const sum: tf.NamedTensorMap = {};
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const [a, b] = [left[name], right[name]];
      const total = a && b ? tf.add(a, b) : (a ?? b);
      if (total) sum[name] = total === a || total === b ? tf.clone(total) : total;
    }
    return sum;
  });
}
