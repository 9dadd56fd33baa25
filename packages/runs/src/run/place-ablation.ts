import { createRandom, permutation, tile, volumeOf, type Encoder, type Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../batches/masked-batches.js';

/**
 * The batch with the visible tokens of each crop in one another's places: none stays where it was. A
 * model that only looks at what is visible, not at where, does not notice; one that has learned anatomy
 * is lost.
 *
 * @param seed the same seed is the same exchange
 */
export function shuffleVisible(batch: MaskedBatch, seed: number): MaskedBatch {
  const { mask, shape } = batch;
  const [count, depth, height, width, channels] = shape;
  const token = tile([depth, height, width], mask.gridShape);
  const size = batch.voxels.length / count;
  const visible = mask.visibleIds.length / count;
  const voxels = batch.voxels.slice();
  for (let crop = 0; crop < count; crop++) {
    const ids = mask.visibleIds.subarray(crop * visible, (crop + 1) * visible);
    const order = permutation(visible, createRandom(seed, 'shuffle', crop));
    const from = batch.voxels.subarray(crop * size, (crop + 1) * size);
    const to = voxels.subarray(crop * size, (crop + 1) * size);
    order.forEach((place, index) => {
      const next = order[(index + 1) % visible] ?? 0;
      copyToken(from, to, {
        source: ids[place] ?? 0,
        target: ids[next] ?? 0,
        token,
        channels,
        mask,
      });
    });
  }
  return { ...batch, voxels };
}

/**
 * Measures with every place of the grid given the average of the encoder's positions, then puts them
 * back.
 *
 * @returns null where the encoder has no `pos_embed`: windows and convolutions know places otherwise
 */
export async function withAveragedPositions<Result>(
  encoder: Encoder,
  measure: () => Promise<Result>,
): Promise<Result | null> {
  const positions =
    encoder.namedParameters().get('pos_embed') ?? encoder.namedBuffers?.().get('pos_embed');
  if (!positions) return null;
  const own = tf.clone(positions);
  try {
    tf.tidy(() => positions.assign(averaged(own, volumeOf(encoder.geometry.gridShape))));
    return await measure();
  } finally {
    positions.assign(own);
    own.dispose();
  }
}

interface TokenMove {
  /** The ids of the tokens that are read and written. */
  readonly source: number;
  readonly target: number;
  /** Voxels of a token. */
  readonly token: Shape3;
  readonly channels: number;
  readonly mask: Pick<MaskedBatch['mask'], 'gridShape'>;
}

/** Copies the voxels of a token of one crop to the place of another, row by row. */
function copyToken(
  from: Float32Array,
  to: Float32Array,
  { source, target, token, channels, mask: { gridShape } }: TokenMove,
): void {
  const [, rows, columns] = gridShape;
  const [height, width] = [rows * token[1], columns * token[2]];
  const start = (id: number, d: number, h: number) => {
    const [plane, row, column] = [
      Math.floor(id / (rows * columns)),
      Math.floor(id / columns) % rows,
      id % columns,
    ];
    const line = (plane * token[0] + d) * height + row * token[1] + h;
    return (line * width + column * token[2]) * channels;
  };
  const length = token[2] * channels;
  for (let d = 0; d < token[0]; d++)
    for (let h = 0; h < token[1]; h++) {
      const at = start(source, d, h);
      to.set(from.subarray(at, at + length), start(target, d, h));
    }
}

/** Rows of the grid become their mean; a class token's, before them, stays. */
function averaged(positions: tf.Tensor, places: number): tf.Tensor3D {
  const [, rows = 0, dim = 0] = positions.shape;
  const table = tf.reshape<tf.Rank.R3>(positions, [1, rows, dim]);
  const others = tf.slice(table, [0, 0, 0], [1, rows - places, dim]);
  const mean = tf.mean<tf.Tensor3D>(
    tf.slice(table, [0, rows - places, 0], [1, places, dim]),
    1,
    true,
  );
  return tf.concat([others, tf.tile(mean, [1, places, 1])], 1);
}
