import type { Exchange } from '@voxmim/core';
import { withGradient } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The rows of all processes, with a gradient for a loss that each of them computes of all rows: it flows to the
 * own ones, `size` fold, so that the mean over processes is the gradient of that one loss.
 *
 * @param rows `[R, P]` @returns `[size * R, P]`
 */
export function gatherRows(exchange: Exchange, rows: tf.Tensor2D): tf.Tensor2D {
  const { rank, size } = exchange;
  return withGradient<tf.Rank.R2>(
    [rows],
    [],
    () => exchange.gatherRows(rows),
    (gradient) => [tf.mul(tf.slice(gradient, [rank * rows.shape[0], 0], rows.shape), size)],
  );
}
