import { volumeOf, type Affine, type Encoder, type Shape3 } from '@voxmim/core';
import type { CropMove, DrawnSample, RandomKey, SampleSource } from '@voxmim/datasets/node';

import { createSampleOrder } from './sample-order.js';

/** Crops of one pretraining pass, still on the host. */
export interface CropBatch {
  readonly sampleIds: readonly string[];
  /** `[B, D, H, W, C]` */
  readonly shape: [number, number, number, number, number];
  readonly voxels: Float32Array;
  /** Of each crop. */
  readonly affines: readonly Affine[];
}

/** What {@link PretrainBatches} needs of a run. */
export interface PretrainBatchOptions {
  readonly samples: SampleSource;
  readonly ids: readonly string[];
  readonly seed: number;
  readonly crop: Shape3;
  readonly batchSize: number;
  readonly optimizer: { readonly accumulate: number };
  readonly steps: number;
  readonly geometry: Encoder['geometry'];
}

/** A sample of a batch: its case, and what its random streams are keyed by. */
export interface BatchSample {
  readonly id: string;
  readonly key: RandomKey;
}

/** Crops, and where they come from, for whoever adds what an objective needs. */
export interface PlainBatch {
  readonly crops: CropBatch;
  readonly samples: readonly BatchSample[];
  /** How far the training is, from 0 to 1. */
  readonly progress: number;
}

/**
 * Random crops with what an objective needs beside them. Everything is keyed by (seed, sample,
 * purpose): a batch depends on its step alone, whatever was loaded before.
 */
export abstract class PretrainBatches<Batch extends CropBatch> {
  protected readonly options: PretrainBatchOptions;
  readonly #caseOf: (sample: number) => string;

  constructor(options: PretrainBatchOptions) {
    this.options = options;
    this.#caseOf = createSampleOrder(options.ids, options.seed);
  }

  /** The batch of a pass of a step. */
  async load(step: number, pass: number): Promise<Batch> {
    const { batchSize, optimizer, steps } = this.options;
    const first = (step * optimizer.accumulate + pass) * batchSize;
    const samples = Array.from({ length: batchSize }, (_, index) => ({
      id: this.#caseOf(first + index),
      key: ['pretrain', first + index],
    }));
    return this.#assemble(samples, step / steps);
  }

  /** A batch of crops that stays the same all through a run, for validation and pictures. */
  async fixed(ids: readonly string[], from: number, count: number): Promise<Batch> {
    const samples = Array.from({ length: count }, (_, index) => ({
      id: ids[(from + index) % ids.length] ?? '',
      key: ['validation', from + index],
    }));
    return this.#assemble(samples, 1);
  }

  protected abstract complete(batch: PlainBatch): Batch | Promise<Batch>;

  async #assemble(samples: readonly BatchSample[], progress: number): Promise<Batch> {
    const { crop, geometry } = this.options;
    const { voxels, drawn } = await this.drawCrops(samples);
    const crops: CropBatch = {
      sampleIds: drawn.map(({ id }) => id),
      shape: [samples.length, ...crop, geometry.inChannels],
      voxels,
      affines: drawn.map(({ affine }) => affine),
    };
    return this.complete({ crops, samples, progress });
  }

  /** A crop of each sample, or with `other` another one near it, augmented by itself. */
  protected async drawCrops(
    samples: readonly BatchSample[],
    other?: Omit<CropMove, 'key'>,
  ): Promise<{ voxels: Float32Array; drawn: DrawnSample[] }> {
    const size = volumeOf(this.options.crop) * this.options.geometry.inChannels;
    const voxels = new Float32Array(size * samples.length);
    const drawn = samples.map(({ id, key }, index) => {
      const view = other ? 'other' : 'crop';
      const move = other && { ...other, key: [...key, view] };
      return this.options.samples.draw(
        { id, crop: [...key, 'crop'], augment: [...key, view, 'augment'], ...(move && { move }) },
        { voxels: voxels.subarray(index * size, (index + 1) * size) },
      );
    });
    return { voxels, drawn: await Promise.all(drawn) };
  }
}
