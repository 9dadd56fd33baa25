import type { Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The bias of every pair of tokens of a window, from a table of relative offsets.
 *
 * Works axis by axis with small products by 0 and 1, which every backend can differentiate; a
 * gather over all pairs could not be, or only at a gigabyte. A window smaller than the table's uses
 * the rows of its own offsets. MONAI and Video Swin take the first rows of the full index there,
 * which are those of other offsets.
 *
 * @param table `[(2 wd - 1)(2 wh - 1)(2 ww - 1), heads]`, for windows of `tableWindow`
 * @param windowShape the window at hand, not larger than `tableWindow`
 * @returns `[1, heads, N, N]`
 */
export function relativeBias(
  table: tf.Tensor2D,
  tableWindow: Shape3,
  windowShape: Shape3,
): tf.Tensor4D {
  const heads = table.shape[1];
  const [depth, height, width] = windowShape;
  const [tableDepth, tableHeight, tableWidth] = tableWindow;
  const [spanHeight, spanWidth] = [2 * tableHeight - 1, 2 * tableWidth - 1];
  return tf.tidy(() => {
    const byDepth = tf.matMul(
      pairs(depth, tableDepth),
      tf.reshape(table, [2 * tableDepth - 1, -1]),
    );
    const heightFirst = tf.transpose(
      tf.reshape(byDepth, [depth * depth, spanHeight, spanWidth * heads]),
      [1, 0, 2],
    );
    const byHeight = tf.matMul(
      pairs(height, tableHeight),
      tf.reshape(heightFirst, [spanHeight, -1]),
    );
    const planes = tf.transpose(
      tf.reshape(byHeight, [height, height, depth, depth, spanWidth * heads]),
      [2, 0, 3, 1, 4],
    ); // rows (d, h), columns (d, h)
    const rows = depth * height;
    const widthFirst = tf.transpose(tf.reshape(planes, [rows * rows, spanWidth, heads]), [1, 0, 2]);
    const byWidth = tf.matMul(pairs(width, tableWidth), tf.reshape(widthFirst, [spanWidth, -1]));
    const whole = tf.transpose(
      tf.reshape(byWidth, [width, width, rows, rows, heads]),
      [4, 2, 0, 3, 1],
    );
    return tf.reshape(whole, [1, heads, rows * width, rows * width]);
  });
}

/** `[extent², 2 size - 1]`: row (i, j) picks the offset `i - j` of a table for `size` places. */
function pairs(extent: number, size: number): tf.Tensor2D {
  const span = 2 * size - 1;
  const picks = new Float32Array(extent * extent * span);
  for (let row = 0; row < extent * extent; row++) {
    const offset = Math.floor(row / extent) - (row % extent);
    picks[row * span + offset + size - 1] = 1;
  }
  return tf.tensor2d(picks, [extent * extent, span]);
}
