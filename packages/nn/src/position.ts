import { type Shape3, VoxmimError, volumeOf } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { checkedSize } from './initializers.js';

/** Array axes in the order their channel blocks take in a position embedding. */
export type AxisOrder = readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2];

/**
 * Fixed sine–cosine positions on a 3D grid.
 *
 * Channels are three blocks of `dim / 3`, one per axis in `order`; within a block, all sines then
 * all cosines, frequencies falling from 1 to nearly 1/10000.
 *
 * Source: the 2D embedding of facebookresearch/mae, one axis more. `order` `[1, 0, 2]` gives
 * MONAI's `build_sincos_position_embedding`; the default keeps array order.
 *
 * @param dim channels
 * @returns `[1, L, dim]`
 * @throws `INVALID_CONFIG` when `dim` is no multiple of 6, or for more than half a GiB
 */
export function sincosPosition3d(
  gridShape: Shape3,
  dim: number,
  order: AxisOrder = [0, 1, 2],
): tf.Tensor3D {
  if (dim % 6 !== 0) {
    throw new VoxmimError(
      'INVALID_CONFIG',
      `Sine–cosine positions in 3D need a width that 6 divides, not ${dim}.`,
      'Change the width, or use learned positions.',
      { path: 'embedDim', received: dim },
    );
  }
  checkedSize([volumeOf(gridShape), dim]);
  const waves = [Math.sin, Math.cos];
  const rates = Array.from({ length: dim / 6 }, (_, band) => 10_000 ** (-band / (dim / 6)));
  const values = cells(gridShape).flatMap((cell) =>
    order.flatMap((axis) => waves.flatMap((wave) => rates.map((rate) => wave(cell[axis] * rate)))),
  );
  return tf.tensor3d(values, [1, volumeOf(gridShape), dim]);
}

function cells([depth, height, width]: Shape3): Shape3[] {
  const upTo = (extent: number) => Array.from({ length: extent }, (_, index) => index);
  return upTo(depth).flatMap((d) =>
    upTo(height).flatMap((h) => upTo(width).map((w): Shape3 => [d, h, w])),
  );
}
