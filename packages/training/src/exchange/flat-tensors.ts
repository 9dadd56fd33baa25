import * as tf from '@tensorflow/tfjs-core';

/** Many tensors as one, in their order: what is exchanged is one buffer. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() =>
    tf.concat1d(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size]))),
  );
}

/** The tensors that {@link flatten} was given, by those of their shapes. */
export function unflatten(flat: tf.Tensor1D, like: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    let start = 0;
    return like.map(({ size, shape }) => {
      const part = tf.reshape(tf.slice1d(flat, start, size), shape);
      start += size;
      return part;
    });
  });
}
