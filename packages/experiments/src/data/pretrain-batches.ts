import {
  createRandom,
  volumeOf,
  type Affine,
  type Encoder,
  type MaskStrategy,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import type { DrawnSample, RandomKey, SampleSource } from '@voxmim/data/node';
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
  readonly samples: SampleSource;
  readonly ids: readonly string[];
  readonly seed: number;
  readonly crop: Shape3;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly steps: number;
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
    const { batchSize, accumulate, steps } = this.#options;
    const first = (step * accumulate + pass) * batchSize;
    const samples = Array.from({ length: batchSize }, (_, index) => ({
      id: this.#caseOf(first + index),
      key: ['pretrain', first + index],
    }));
    return this.#assemble(samples, step / steps);
  }

  /** A batch of crops that stays the same all through a run, for validation and pictures. */
  async fixed(ids: readonly string[], from: number, count: number): Promise<PretrainBatch> {
    const samples = Array.from({ length: count }, (_, index) => ({
      id: ids[(from + index) % ids.length] ?? '',
      key: ['validation', from + index],
    }));
    return this.#assemble(samples, 1);
  }

  async #assemble(
    samples: readonly { readonly id: string; readonly key: RandomKey }[],
    progress: number,
  ): Promise<PretrainBatch> {
    const { seed, crop, geometry, masks, contrastive } = this.#options;
    const [view, other] = await Promise.all([
      this.#views(samples, 'crop'),
      contrastive ? this.#views(samples, 'other') : undefined,
    ]);
    const contexts = samples.map(({ key }, index) => ({
      gridShape: geometry.gridShape,
      patchSize: geometry.patchSize,
      random: createRandom(seed, ...key, 'mask'),
      progress,
      voxels: view.voxels.subarray(index * this.#sampleSize, (index + 1) * this.#sampleSize),
    }));
    return {
      sampleIds: view.drawn.map(({ id }) => id),
      shape: [samples.length, ...crop, geometry.inChannels],
      voxels: view.voxels,
      ...(other && { otherVoxels: other.voxels }),
      mask: sampleMask(masks, contexts),
      affines: view.drawn.map(({ affine }) => affine),
    };
  }

  /** A crop of each sample; `purpose` tells the views of a sample apart. */
  async #views(
    samples: readonly { readonly id: string; readonly key: RandomKey }[],
    purpose: string,
  ): Promise<{ voxels: Float32Array; drawn: DrawnSample[] }> {
    const size = this.#sampleSize;
    const voxels = new Float32Array(size * samples.length);
    const drawn = samples.map(({ id, key }, index) =>
      this.#options.samples.draw(
        { id, crop: [...key, purpose], augment: [...key, purpose, 'augment'] },
        { voxels: voxels.subarray(index * size, (index + 1) * size) },
      ),
    );
    return { voxels, drawn: await Promise.all(drawn) };
  }

  get #sampleSize(): number {
    return volumeOf(this.#options.crop) * this.#options.geometry.inChannels;
  }
}
