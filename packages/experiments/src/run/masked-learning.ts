import type { Encoder, ForwardContext, MaskedObjective } from '@voxmim/core';
import {
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type MaskedCrop,
} from '@voxmim/evaluation';
import { hiddenVoxels } from '@voxmim/masking';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../data/masked-batches.js';
import type { BatchMeasures, Learning } from './learning.js';

/**
 * Learning by what is hidden. Measures are `hiddenError/model`, `/visibleMean` and `/inpainting`: mean
 * absolute error on hidden voxels, in prepared intensities, of the reconstruction and of two ways to
 * fill holes without learning.
 */
export class MaskedLearning implements Learning<MaskedBatch> {
  readonly comparesCases = false;
  readonly batches: Learning<MaskedBatch>['batches'];
  readonly #objective: MaskedObjective;
  readonly #patchSize: Encoder['geometry']['patchSize'];
  /** These do not change during a run, as crops and masks do not. */
  readonly #baselines = new Map<number, Readonly<Record<string, number>>>();

  constructor(
    batches: Learning<MaskedBatch>['batches'],
    objective: MaskedObjective,
    encoder: Encoder,
  ) {
    this.batches = batches;
    this.#objective = objective;
    this.#patchSize = encoder.geometry.patchSize;
  }

  loss({ voxels, shape, mask }: MaskedBatch, context?: ForwardContext): tf.Scalar {
    return this.#objective.loss(tf.tensor5d(voxels, shape), mask, context);
  }

  async measure(batch: MaskedBatch, from: number): Promise<BatchMeasures> {
    const model = await this.#modelError(batch);
    return { metrics: { 'hiddenError/model': model, ...this.#baselinesOf(batch, from) } };
  }

  async #modelError(batch: MaskedBatch): Promise<number> {
    const { voxels, shape, mask } = batch;
    const shown = tf.tidy(
      () => this.#objective.reconstruct(tf.tensor5d(voxels, shape), mask).volumes,
    );
    const values = await shown.data<'float32'>();
    shown.dispose();
    return this.#meanError(batch, (_, index, size) =>
      values.subarray(index * size, (index + 1) * size),
    );
  }

  #baselinesOf(batch: MaskedBatch, from: number): Readonly<Record<string, number>> {
    const known = this.#baselines.get(from);
    if (known) return known;
    const measured = {
      'hiddenError/visibleMean': this.#meanError(batch, fillWithVisibleMean),
      'hiddenError/inpainting': this.#meanError(batch, inpaintHidden),
    };
    this.#baselines.set(from, measured);
    return measured;
  }

  /** The mean over the crops of a batch; they all hide as much. */
  #meanError(
    { shape, voxels, mask }: MaskedBatch,
    fill: (crop: MaskedCrop, index: number, size: number) => Float32Array,
  ): number {
    const [count, depth, height, width, channels] = shape;
    const size = voxels.length / count;
    const tokens = mask.hidden.length / count;
    let total = 0;
    for (let index = 0; index < count; index++) {
      const flags = mask.hidden.subarray(index * tokens, (index + 1) * tokens);
      const crop: MaskedCrop = {
        voxels: voxels.subarray(index * size, (index + 1) * size),
        shape: [depth, height, width],
        channels,
        hidden: hiddenVoxels(flags, mask.gridShape, this.#patchSize),
      };
      total += hiddenError(fill(crop, index, size), crop);
    }
    return total / count;
  }
}
