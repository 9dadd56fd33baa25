import { volumeOf } from '@voxmim/core';
import type { SampleSource } from '@voxmim/datasets/node';

import type { PretrainBatchOptions } from './pretrain-batches.js';

/** Crops that a median is taken of, at most: more move it little. */
const CROPS = 200;

/** Values that are held at a time, at most: a quarter of a gigabyte. */
const HELD_VALUES = 2 ** 26;

/** What {@link drawTrainingCrops} needs of a run. */
export type CropSource = Pick<PretrainBatchOptions, 'ids' | 'crop'> & {
  readonly samples: Pick<SampleSource, 'draw'>;
  readonly inChannels: number;
};

/**
 * Random crops of training cases, drawn as those that are trained on: 200, or as many as memory allows
 * where they are large.
 *
 * @param heldValues how many voxels are held at a time, at most
 * @returns `[D, H, W, C]` each
 */
export async function drawTrainingCrops(
  source: CropSource,
  heldValues = HELD_VALUES,
): Promise<Float32Array[]> {
  const { samples, ids, crop, inChannels } = source;
  const size = volumeOf(crop) * inChannels;
  const count = Math.max(1, Math.min(CROPS, Math.floor(heldValues / size)));
  const draws = Array.from({ length: count }, async (_, index) => {
    const voxels = new Float32Array(size);
    const key = ['median', index];
    const id = ids[index % ids.length] ?? '';
    await samples.draw({ id, crop: [...key, 'crop'], augment: [...key, 'augment'] }, { voxels });
    return voxels;
  });
  return Promise.all(draws);
}

/** The median of each place: the picture that, shown for every crop, errs least. */
export function medianOf(pictures: readonly Float32Array[]): Float32Array {
  const column = new Float32Array(pictures.length);
  const middle = (pictures.length - 1) / 2;
  const median = new Float32Array(pictures[0]?.length ?? 0);
  for (let place = 0; place < median.length; place++) {
    pictures.forEach((picture, index) => (column[index] = picture[place] ?? NaN));
    column.sort();
    const [low = NaN, high = NaN] = [column[Math.floor(middle)], column[Math.ceil(middle)]];
    median[place] = (low + high) / 2;
  }
  return median;
}
