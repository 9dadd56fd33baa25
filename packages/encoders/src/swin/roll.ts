import type { Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Shifts a grid along its three axes; what leaves at one end enters at the other: `torch.roll`.
 *
 * @param x `[B, d, h, w, C]`
 * @param shifts towards higher indices where positive, by less than the extent
 */
export function roll(x: tf.Tensor5D, shifts: Shape3): tf.Tensor5D {
  return tf.tidy(() =>
    shifts.reduce<tf.Tensor5D>((grid, shift, at) => rollAxis(grid, shift, at + 1), x),
  );
}

function rollAxis(x: tf.Tensor5D, shift: number, axis: number): tf.Tensor5D {
  if (shift === 0) return x;
  const extent = x.shape[axis] ?? 1;
  const tail = shift > 0 ? shift : extent + shift;
  const [head, end] = tf.split<tf.Tensor5D>(x, [extent - tail, tail], axis);
  return head && end ? tf.concat<tf.Tensor5D>([end, head], axis) : x;
}
