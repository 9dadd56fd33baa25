import {
  createRandom,
  permutation,
  volumeOf,
  VoxmimError,
  type HostCrops,
  type SampleSource,
  type TrainingBatch,
} from '@voxmim/core';

import type { ClassifyConfig } from './config.js';

/** Crops of one pass with what is to be found of each, still on the host. */
export interface TargetBatch extends TrainingBatch, HostCrops {
  readonly targets: readonly number[];
}

/** What {@link TargetBatches} draws from. */
export interface TargetBatchOptions {
  readonly config: ClassifyConfig;
  readonly samples: SampleSource;
  readonly ids: readonly string[];
  readonly targets: ReadonlyMap<string, number>;
}

/** Random crops, each keyed by (seed, sample): every case once per epoch, in an order drawn anew. */
export class TargetBatches {
  readonly #options: TargetBatchOptions;
  #epoch = -1;
  #order: Int32Array = new Int32Array(0);

  constructor(options: TargetBatchOptions) {
    this.#options = options;
  }

  /** The batch of a pass of a step. */
  async load(step: number, pass: number): Promise<TargetBatch> {
    const { config, samples, targets } = this.#options;
    const { batchSize, crop, inChannels, optimizer } = config;
    const first = (step * optimizer.accumulate + pass) * batchSize;
    const size = volumeOf(crop) * inChannels;
    const voxels = new Float32Array(batchSize * size);
    const drawn = Array.from({ length: batchSize }, (_, index) => {
      const key = ['classify', first + index];
      return samples.draw(
        {
          id: this.#caseOf(first + index),
          crop: [...key, 'crop'],
          augment: [...key, 'augment'],
        },
        { voxels: voxels.subarray(index * size, (index + 1) * size) },
      );
    });
    const sampleIds = (await Promise.all(drawn)).map(({ id }) => id);
    return {
      sampleIds,
      shape: [batchSize, ...crop, inChannels],
      voxels,
      targets: sampleIds.map((id) => targetOf(targets, id)),
    };
  }

  #caseOf(sample: number): string {
    const { config, ids } = this.#options;
    const epoch = Math.floor(sample / ids.length);
    if (epoch !== this.#epoch) {
      this.#order = permutation(ids.length, createRandom(config.seed, 'order', epoch));
      this.#epoch = epoch;
    }
    const id = ids[this.#order[sample % ids.length] ?? -1];
    if (id === undefined) throw unknownTarget(`sample ${sample}`);
    return id;
  }
}

/** The target of a case. @throws `INVALID_DATA` where it has none */
export function targetOf(targets: ReadonlyMap<string, number>, id: string): number {
  const target = targets.get(id);
  if (target === undefined) throw unknownTarget(`case ${id}`);
  return target;
}

function unknownTarget(what: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `Nothing tells what is to be learned of ${what}.`,
    'Give every case of the split a target, or leave it out of the split.',
    { path: what, reason: 'no target' },
  );
}
