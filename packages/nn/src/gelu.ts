import * as tf from '@tensorflow/tfjs-core';

import { runKernel, withGradient } from './kernel.js';

/**
 * `x Φ(x)`, the exact form with the error function, as in PyTorch's default.
 *
 * Source: Hendrycks & Gimpel, arXiv:1606.08415.
 */
export function gelu<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return withGradient(
    [x],
    [x],
    () => runKernel<tf.Tensor<R>>('VoxmimGelu', { x }, {}, () => tf.mul(x, normalCdf(x))),
    (dy, [kept = x]) => [
      runKernel('VoxmimGeluGrad', { dy, x: kept }, {}, () => geluGrad(dy, kept)),
    ],
  );
}

function geluGrad(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.mul(dy, tf.add(normalCdf(x), tf.mul(x, density)));
}

function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}
