import * as tf from '@tensorflow/tfjs-core';

/**
 * Central differences along depth, height and width: half of what the next voxel exceeds the
 * previous one by. At a face of the volume the missing neighbor is the voxel itself, so an axis of
 * one voxel gives 0. Per voxel, not per millimetre.
 *
 * @param volumes `[B, D, H, W, C]`
 * @returns `[B, D, H, W, 3C]`, all channels of the depth axis first
 */
export function gradientMap(volumes: tf.Tensor5D): tf.Tensor5D {
  return tf.tidy(() =>
    tf.concat(
      [1, 2, 3].map((axis) => difference(volumes, axis)),
      4,
    ),
  );
}

function difference(x: tf.Tensor5D, axis: number): tf.Tensor5D {
  const extent = x.shape[axis] ?? 1;
  const part = (from: number, count: number): tf.Tensor5D => {
    const begin = x.shape.map((_, at) => (at === axis ? from : 0));
    const size = x.shape.map((all, at) => (at === axis ? count : all));
    return tf.slice(x, begin, size);
  };
  if (extent === 1) return tf.sub(x, x);
  const next = tf.concat([part(1, extent - 1), part(extent - 1, 1)], axis);
  const previous = tf.concat([part(0, 1), part(0, extent - 1)], axis);
  return tf.mul(tf.sub(next, previous), 0.5);
}
