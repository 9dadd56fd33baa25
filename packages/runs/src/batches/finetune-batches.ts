import { volumeOf, type Shape3 } from '@voxmim/core';
import type { SampleSource } from '@voxmim/datasets/node';

import { createSampleOrder } from './sample-order.js';

/** Labeled crops of one pass, still on the host. */
export interface FinetuneBatch {
  readonly sampleIds: readonly string[];
  /** `[B, D, H, W, C]` */
  readonly shape: [number, number, number, number, number];
  readonly voxels: Float32Array;
  /** `[B, D, H, W]` */
  readonly labels: Int32Array;
}

/** What {@link FinetuneBatches} needs of a run. */
export interface FinetuneBatchOptions {
  readonly samples: SampleSource;
  /** The cases whose labels may be used. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly crop: Shape3;
  readonly inChannels: number;
  readonly batchSize: number;
  readonly optimizer: { readonly accumulate: number };
}

/** Augmented crops around organs and background, each keyed by (seed, sample). */
export class FinetuneBatches {
  readonly #options: FinetuneBatchOptions;
  readonly #caseOf: (sample: number) => string;

  constructor(options: FinetuneBatchOptions) {
    this.#options = options;
    this.#caseOf = createSampleOrder(options.ids, options.seed);
  }

  /** The batch of a pass of a step. */
  async load(step: number, pass: number): Promise<FinetuneBatch> {
    const { samples, batchSize, optimizer, crop, inChannels } = this.#options;
    const first = (step * optimizer.accumulate + pass) * batchSize;
    const size = volumeOf(crop);
    const voxels = new Float32Array(batchSize * size * inChannels);
    const labels = new Int32Array(batchSize * size);
    const drawn = Array.from({ length: batchSize }, (_, index) => {
      const key = ['finetune', first + index];
      const part = (width: number): [number, number] => [index * width, (index + 1) * width];
      return samples.draw(
        { id: this.#caseOf(first + index), crop: [...key, 'crop'], augment: [...key, 'augment'] },
        {
          voxels: voxels.subarray(...part(size * inChannels)),
          labels: labels.subarray(...part(size)),
        },
      );
    });
    const sampleIds = (await Promise.all(drawn)).map(({ id }) => id);
    return { sampleIds, shape: [batchSize, ...crop, inChannels], voxels, labels };
  }
}
