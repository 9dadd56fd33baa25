import type { TokenMask } from '@voxmim/core';
import { hiddenTokens, takeTokens, visibleTokens } from '@voxmim/nn';
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
    const weights = nearness(mask);
    const { mean, std } = patchStatistics(visible);
    return tf.add(tf.mul(predicted, tf.matMul(weights, std)), tf.matMul(weights, mean));
  });
}

/** `[B, Lh, Lv]`; each row sums to 1. Of tensors alone, so that an exported model takes any mask. */
function nearness(mask: TokenMask): tf.Tensor3D {
  const cells = cellsOf(mask);
  const hidden = takeTokens(cells, hiddenTokens(mask)); // [B, Lh, 3]
  const visible = takeTokens(cells, visibleTokens(mask)); // [B, Lv, 3]
  const product = tf.mul(tf.matMul(hidden, visible, false, true), 2);
  const sum = tf.add(squares(hidden), tf.transpose(squares(visible), [0, 2, 1]));
  const near = tf.div<tf.Tensor3D>(1, tf.sub(sum, product)); // a hidden token is no visible one
  return tf.div(near, tf.sum(near, -1, true));
}

/** `[B, L, 3]`, the place of every token on the grid. */
function cellsOf({ batchSize, gridShape }: TokenMask): tf.Tensor3D {
  const [depth, height, width] = gridShape;
  const length = depth * height * width;
  const cells = Float32Array.from({ length: 3 * length }, (_, index) => {
    const id = Math.floor(index / 3);
    const place = [Math.floor(id / (height * width)), Math.floor(id / width) % height, id % width];
    return place[index % 3] ?? NaN;
  });
  return tf.tile(tf.tensor3d(cells, [1, length, 3]), [batchSize, 1, 1]);
}

/** `[B, K, 3]` to `[B, K, 1]` */
function squares(places: tf.Tensor3D): tf.Tensor3D {
  return tf.sum(tf.square(places), -1, true);
}
