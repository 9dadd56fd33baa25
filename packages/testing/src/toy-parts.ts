import type { Random, Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** A variable of small normal numbers: the weights of toys. */
export function drawnVariable<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  random: Random,
): tf.Variable<R> {
  const size = tf.util.sizeFromShape([...shape]);
  const values = Float32Array.from({ length: size }, () => 0.3 * random.normal());
  return tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32')));
}

/** Each cell of `[B, d, h, w, C]` as a box of `size` equal voxels. */
export function enlarged(cells: tf.Tensor5D, size: Shape3): tf.Tensor5D {
  return tf.tidy(() =>
    size.reduce<tf.Tensor5D>((x, factor, axis) => {
      const copies = Array.from({ length: factor }, () => tf.expandDims(x, axis + 2));
      const [batch, ...rest] = x.shape;
      const [d, h, w, channels] = rest.map((extent, at) =>
        at === axis ? extent * factor : extent,
      );
      return tf.reshape(tf.concat(copies, axis + 2), [
        batch,
        d ?? 1,
        h ?? 1,
        w ?? 1,
        channels ?? 1,
      ]);
    }, cells),
  );
}
