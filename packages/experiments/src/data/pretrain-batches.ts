import {
  createRandom,
  volumeOf,
  type Affine,
  type Encoder,
  type MaskStrategy,
  type Random,
  type Shape3,
  type TokenMask,
  type Volume,
} from '@voxmim/core';
import { augment, cropBox, uniformCrops, type AugmentationConfig } from '@voxmim/data';
import type { CaseStore } from '@voxmim/data/node';
import { sampleMask } from '@voxmim/masking';

import { createSampleOrder } from './sample-order.js';

/** Crops of one pretraining pass, still on the host. */
export interface PretrainBatch {
  readonly sampleIds: readonly string[];
  /** `[B, D, H, W, C]` */
  readonly shape: [number, number, number, number, number];
  readonly voxels: Float32Array;
  /** Another crop of each volume, for contrastive objectives. */
  readonly otherVoxels?: Float32Array;
  readonly mask: TokenMask;
  /** Of each crop. */
  readonly affines: readonly Affine[];
}

/** What {@link PretrainBatches} needs of a run. */
export interface PretrainBatchOptions {
  readonly store: CaseStore;
  readonly ids: readonly string[];
  readonly seed: number;
  readonly crop: Shape3;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly steps: number;
  readonly augmentation: AugmentationConfig;
  readonly masks: MaskStrategy;
  readonly geometry: Encoder['geometry'];
  /** Whether a second view is wanted. */
  readonly contrastive: boolean;
}

/**
 * Random crops with their masks. Everything is keyed by (seed, sample, purpose): a batch depends on
 * its step alone, whatever was loaded before.
 */
export class PretrainBatches {
  readonly #options: PretrainBatchOptions;
  readonly #caseOf: (sample: number) => string;

  constructor(options: PretrainBatchOptions) {
    this.#options = options;
    this.#caseOf = createSampleOrder(options.ids, options.seed);
  }

  /** The batch of a pass of a step. */
  async load(step: number, pass: number): Promise<PretrainBatch> {
    const { batchSize, accumulate, seed, steps } = this.#options;
    const first = (step * accumulate + pass) * batchSize;
    const samples = Array.from({ length: batchSize }, (_, index) => ({
      id: this.#caseOf(first + index),
      random: createRandom(seed, 'pretrain', first + index),
    }));
    return this.#assemble(samples, step / steps);
  }

  /** A batch of crops that stays the same all through a run, for validation and pictures. */
  async fixed(ids: readonly string[], from: number, count: number): Promise<PretrainBatch> {
    const samples = Array.from({ length: count }, (_, index) => ({
      id: ids[(from + index) % ids.length] ?? '',
      random: createRandom(this.#options.seed, 'validation', from + index),
    }));
    return this.#assemble(samples, 1);
  }

  async #assemble(
    samples: readonly { readonly id: string; readonly random: Random }[],
    progress: number,
  ): Promise<PretrainBatch> {
    const { crop, geometry, masks, contrastive } = this.#options;
    const views = await Promise.all(
      samples.map(({ id, random }) => this.#view(id, random, 'crop')),
    );
    const contexts = views.map(({ data }, index) => ({
      gridShape: geometry.gridShape,
      patchSize: geometry.patchSize,
      random: samples[index]?.random.stream('mask') ?? createRandom(0),
      progress,
      voxels: data,
    }));
    const others = contrastive
      ? await Promise.all(samples.map(({ id, random }) => this.#view(id, random, 'other')))
      : undefined;
    return {
      sampleIds: samples.map(({ id }) => id),
      shape: [samples.length, ...crop, geometry.inChannels],
      voxels: joined(views),
      ...(others && { otherVoxels: joined(others) }),
      mask: sampleMask(masks, contexts),
      affines: views.map(({ affine }) => affine),
    };
  }

  async #view(id: string, random: Random, purpose: string): Promise<Volume<Float32Array>> {
    const { store, crop, augmentation } = this.#options;
    const { image } = await store.prepared(id);
    const box = uniformCrops(image.shape, crop)(random.stream(purpose));
    const cut = cropBox(image, box);
    return augment({ image: cut }, augmentation, random.stream(purpose, 'augment')).image;
  }
}

function joined(volumes: readonly Volume<Float32Array>[]): Float32Array {
  const size = volumes[0] ? volumeOf(volumes[0].shape) * volumes[0].channels : 0;
  const all = new Float32Array(size * volumes.length);
  volumes.forEach(({ data }, index) => all.set(data, index * size));
  return all;
}
