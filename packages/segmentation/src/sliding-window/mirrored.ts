import * as tf from '@tensorflow/tfjs-core';

/** Sets of spatial axes to mirror, beside none at all. */
const mirrors = [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]];

/** Averages a model over the eight mirror images of its input, each mirrored back. */
export function mirrored(
  predict: (windows: tf.Tensor5D) => tf.Tensor5D,
): (windows: tf.Tensor5D) => tf.Tensor5D {
  const predictMirrored = (windows: tf.Tensor5D, axes: number[]) =>
    tf.reverse(predict(tf.reverse(windows, axes)), axes);
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
