import { createRandom } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** A tensor of pseudo-random normal numbers, the same for the same shape and seed everywhere. */
export function noise<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 0): tf.Tensor<R> {
  const random = createRandom(seed, 'noise');
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () =>
    random.normal(),
  );
  return tf.tensor(values, shape, 'float32');
}

/**
 * A tensor of uniform numbers in `[-scale, scale)`, hashed from their indices: 32-bit integers alone,
 * so that a script in another language draws the same ones. For golden tests.
 */
export function hashedNoise<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  seed: number,
  scale = 1,
): tf.Tensor<R> {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, index) => {
    let word = (Math.imul(index + 1, 0x9e3779b1) + Math.imul(seed + 1, 0x85ebca77)) | 0;
    word = Math.imul(word ^ (word >>> 15), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return scale * (((word ^ (word >>> 16)) >>> 0) / 2 ** 31 - 1);
  });
  return tf.tensor(values, shape, 'float32');
}
