import { permutation, type Random, type Volume, volumeOf } from '@voxmim/core';
import * as z from 'zod';

import { probability } from '../draw.js';
import { drawHoles, forEachRow, holeFields } from './hole.js';

/** The boxes of MONAI's self-supervised tutorial (ViTAutoEnc), for crops of 96³ voxels. */
export const tutorialShuffle = { holes: 10, size: 8 } as const;

/**
 * Shuffles the voxels within boxes; labels stay.
 *
 * Source: MONAI `RandCoarseShuffle`, and the defaults of its self-supervised tutorial; the channels
 * of a voxel move together here, and each by itself there.
 */
export const CoarseShuffleConfig = z.strictObject({
  probability: probability.default(0).describe('Of a shuffle.'),
  ...holeFields,
  holes: holeFields.holes.default(tutorialShuffle.holes),
  size: holeFields.size.default(tutorialShuffle.size),
});
export type CoarseShuffleConfig = z.infer<typeof CoarseShuffleConfig>;

export function coarseShuffle(
  { data, shape, channels }: Volume<Float32Array>,
  config: CoarseShuffleConfig,
  random: Random,
): void {
  for (const box of drawHoles(config, shape, random)) {
    const size = volumeOf(box.shape);
    const held = new Float32Array(size * channels);
    let next = 0;
    forEachRow(box, shape, channels, (from, to) => {
      held.set(data.subarray(from, to), next);
      next += to - from;
    });
    const order = permutation(size, random);
    next = 0;
    forEachRow(box, shape, channels, (from, to) => {
      for (let index = from; index < to; index += channels) {
        const source = order[next++] * channels;
        for (let c = 0; c < channels; c++) data[index + c] = held[source + c];
      }
    });
  }
}
