import * as tf from '@tensorflow/tfjs-core';

import { mirrors } from './mirrored-windows.js';

/** Averages a model over the eight mirror images of its input, each mirrored back. */
export function mirrored(
  predict: (windows: tf.Tensor5D) => tf.Tensor5D,
): (windows: tf.Tensor5D) => tf.Tensor5D {
  const predictMirrored = (windows: tf.Tensor5D, axes: readonly number[]) =>
    tf.reverse(predict(tf.reverse(windows, [...axes])), [...axes]);
  return (windows) =>
    tf.tidy(() => {
      const sum = mirrors.reduce(
        // Each tidy frees what its own pass made.
        (total, axes) => tf.tidy(() => tf.add(total, predictMirrored(windows, axes))),
        predict(windows),
      );
      return tf.div(sum, mirrors.length + 1);
    });
}
