import type { Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { resampleAxes } from './resample-axes.js';

/**
 * Means over the cells of a grid laid over the volume: PyTorch's `AdaptiveAvgPool3d`. Cell `i` of `n`
 * along an axis of extent `e` covers `floor(i e / n) … ceil((i + 1) e / n)`, so that cells overlap where
 * `n` does not divide `e`, and repeat where `n` exceeds it.
 *
 * @param x `[B, D, H, W, C]`
 * @param shape cells per axis
 * @returns `[B, ...shape, C]`
 */
export function adaptivePool(x: tf.Tensor5D, shape: Shape3): tf.Tensor5D {
  return resampleAxes(x, (extent, axis) => means(extent, shape[axis]));
}

/** `[from, to]`: the share of each voxel of one axis in each cell. */
function means(from: number, to: number): tf.Tensor2D {
  const shares = new Float32Array(from * to);
  for (let cell = 0; cell < to; cell++) {
    const first = Math.floor((cell * from) / to);
    const end = Math.ceil(((cell + 1) * from) / to);
    for (let index = first; index < end; index++) shares[index * to + cell] = 1 / (end - first);
  }
  return tf.tensor2d(shares, [from, to]);
}
