import { createRandom, type Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** Numbers of no meaning, in the shape of one window. */
export function exampleVolumes({
  crop,
  inChannels,
}: {
  readonly crop: Shape3;
  readonly inChannels: number;
}): tf.Tensor5D {
  const random = createRandom(0, 'export');
  const shape: [number, number, number, number, number] = [1, ...crop, inChannels];
  const numbers = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
    random.normal(),
  );
  return tf.tensor5d(numbers, shape);
}
