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
