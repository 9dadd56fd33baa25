import { createRandom, volumeOf, type Random, type Shape3 } from '@voxmim/core';
import {
  augment,
  balancedCrops,
  cropBox,
  uniformCrops,
  type AugmentationConfig,
  type CropSampler,
  type Prepared,
  type Sample,
} from '@voxmim/data';
import type { CaseStore } from '@voxmim/data/node';

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
  readonly store: CaseStore;
  /** The cases whose labels may be used. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly crop: Shape3;
  readonly inChannels: number;
  readonly batchSize: number;
  readonly optimizer: { readonly accumulate: number };
  readonly positiveShare: number;
  readonly augmentation: AugmentationConfig;
}

/** Augmented crops around organs and background, each keyed by (seed, sample). */
export class FinetuneBatches {
  readonly #options: FinetuneBatchOptions;
  readonly #caseOf: (sample: number) => string;
  readonly #samplers = new WeakMap<Prepared, CropSampler>();

  constructor(options: FinetuneBatchOptions) {
    this.#options = options;
    this.#caseOf = createSampleOrder(options.ids, options.seed);
  }

  /** The batch of a pass of a step. */
  async load(step: number, pass: number): Promise<FinetuneBatch> {
    const { batchSize, optimizer, crop, inChannels } = this.#options;
    const first = (step * optimizer.accumulate + pass) * batchSize;
    const ids = Array.from({ length: batchSize }, (_, index) => this.#caseOf(first + index));
    const samples = await Promise.all(ids.map((id, index) => this.#sample(id, first + index)));
    const voxels = new Float32Array(batchSize * volumeOf(crop) * inChannels);
    const labels = new Int32Array(batchSize * volumeOf(crop));
    samples.forEach((sample, index) => {
      voxels.set(sample.image.data, index * volumeOf(crop) * inChannels);
      if (sample.labels) labels.set(sample.labels.data, index * volumeOf(crop));
    });
    return { sampleIds: ids, shape: [batchSize, ...crop, inChannels], voxels, labels };
  }

  async #sample(id: string, sample: number): Promise<Sample> {
    const { store, seed, augmentation } = this.#options;
    const prepared = await store.prepared(id);
    const random = createRandom(seed, 'finetune', sample);
    const cut = this.#cut(prepared, random.stream('crop'));
    return augment(cut, augmentation, random.stream('augment'));
  }

  #cut(prepared: Prepared, random: Random): Sample {
    const { image, labels } = prepared;
    const box = this.#sampler(prepared)(random);
    return { image: cropBox(image, box), ...(labels && { labels: cropBox(labels, box) }) };
  }

  /** Finding the voxels of the organs takes a pass over the volume, so it is done once. */
  #sampler(prepared: Prepared): CropSampler {
    const { crop, positiveShare } = this.#options;
    const { image, labels } = prepared;
    const held = this.#samplers.get(prepared);
    if (held) return held;
    const balance = { positive: positiveShare, negative: 1 - positiveShare };
    const sampler = labels
      ? balancedCrops(image, labels, crop, balance)
      : uniformCrops(image.shape, crop);
    this.#samplers.set(prepared, sampler);
    return sampler;
  }
}
