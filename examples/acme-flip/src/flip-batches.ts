import {
  createRandom,
  volumeOf,
  type HostCrops,
  type SampleSource,
  type TrainingBatch,
} from '@voxmim/core';

import type { FlipConfig } from './config.js';

/** Crops, some of them mirrored. */
export interface FlipBatch extends TrainingBatch, HostCrops {
  /** 1 where a crop is mirrored. */
  readonly flipped: Float32Array;
}

/** Draws a batch that depends on its number alone, so that runs resume to the bit. */
export async function flipBatch(
  { seed, crop, inChannels, batchSize }: FlipConfig,
  samples: SampleSource,
  ids: readonly string[],
  number: number,
): Promise<FlipBatch> {
  const size = volumeOf(crop) * inChannels;
  const voxels = new Float32Array(batchSize * size);
  const flipped = new Float32Array(batchSize);
  const drawn = Array.from({ length: batchSize }, async (_, index) => {
    const random = createRandom(seed, 'acme/flip', number, index);
    const key = ['acme/flip', number, index];
    const target = voxels.subarray(index * size, (index + 1) * size);
    const id = ids[random.integer(ids.length)] ?? '';
    const sample = await samples.draw({ id, crop: key, augment: key }, { voxels: target });
    flipped[index] = random.integer(2);
    // Slices in the opposite order.
    if (flipped[index] === 1) mirror(target, crop[0]);
    return sample.id;
  });
  const sampleIds = await Promise.all(drawn);
  return { sampleIds, shape: [batchSize, ...crop, inChannels], voxels, flipped };
}

function mirror(voxels: Float32Array, slices: number): void {
  const size = voxels.length / slices;
  const before = voxels.slice();
  for (let slice = 0; slice < slices; slice++) {
    const other = slices - 1 - slice;
    voxels.set(before.subarray(other * size, (other + 1) * size), slice * size);
  }
}
