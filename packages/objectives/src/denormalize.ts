import { type TokenMask, zipAxes, type Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { patchStatistics } from './target.js';

/**
 * Undoes `normalizePatches` for hidden patches without looking at them: each gets the mean and
 * standard deviation of the visible patches, weighted by the inverse square of their distance.
 *
 * The usual picture of an MAE uses every hidden patch's own statistics, which makes any prediction
 * look right (facebookresearch/mae's demo does).
 *
 * @param predicted `[B, Lh, P]`, in units of the standardized patch
 * @param visible `[B, Lv, P]`, the visible patches of the input
 * @returns `[B, Lh, P]`, in units of the input
 */
export function denormalizeHidden(
  predicted: tf.Tensor3D,
  visible: tf.Tensor3D,
  mask: TokenMask,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, hidden] = predicted.shape;
    const weights = tf.tensor3d(nearness(mask), [batch, hidden, visible.shape[1]]);
    const { mean, std } = patchStatistics(visible);
    return tf.add(tf.mul(predicted, tf.matMul(weights, std)), tf.matMul(weights, mean));
  });
}

/** `[B, Lh, Lv]`; each row sums to 1. */
function nearness({ batchSize, gridShape, hiddenIds, visibleIds }: TokenMask): Float32Array {
  const hidden = hiddenIds.length / batchSize;
  const visible = visibleIds.length / batchSize;
  const weights = new Float32Array(batchSize * hidden * visible);
  for (let row = 0; row < batchSize * hidden; row++) {
    const sample = Math.floor(row / hidden);
    const here = cellOf(hiddenIds[row] ?? 0, gridShape);
    const others = visibleIds.subarray(sample * visible, (sample + 1) * visible);
    const near = Array.from(others, (id) => 1 / squaredDistance(here, cellOf(id, gridShape)));
    const total = near.reduce((sum, weight) => sum + weight, 0);
    weights.set(
      near.map((weight) => weight / total),
      row * visible,
    );
  }
  return weights;
}

function cellOf(id: number, [, height, width]: Shape3): Shape3 {
  return [Math.floor(id / (height * width)), Math.floor(id / width) % height, id % width];
}

function squaredDistance(left: Shape3, right: Shape3): number {
  const [d, h, w] = zipAxes(left, right, (a, b) => (a - b) ** 2);
  return d + h + w;
}
