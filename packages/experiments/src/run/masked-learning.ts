import { tile, type ForwardContext, type MaskedObjective } from '@voxmim/core';
import {
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type MaskedCrop,
} from '@voxmim/evaluation';
import { hiddenVoxels } from '@voxmim/masking';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../data/masked-batches.js';
import { judgePrediction, type FeatureMap } from './judged-prediction.js';
import type { BatchMeasures, Learning } from './learning.js';

/**
 * Learning by what is hidden. Measures are `hiddenError/model`, `/visibleMean` and `/inpainting`: mean
 * absolute error on hidden voxels, in prepared intensities, of the reconstruction and of two ways to
 * fill holes without learning. Where the objective predicts no intensities, all three are of what it
 * does predict, whose holes the two then fill.
 */
export class MaskedLearning implements Learning<MaskedBatch> {
  readonly comparesCases = false;
  readonly batches: Learning<MaskedBatch>['batches'];
  readonly #objective: MaskedObjective;
  /** These do not change during a run, as crops and masks do not. */
  readonly #baselines = new Map<number, Readonly<Record<string, number>>>();

  constructor(batches: Learning<MaskedBatch>['batches'], objective: MaskedObjective) {
    this.batches = batches;
    this.#objective = objective;
  }

  loss({ voxels, shape, mask }: MaskedBatch, context?: ForwardContext): tf.Scalar {
    return this.#objective.loss(tf.tensor5d(voxels, shape), mask, context);
  }

  async measure(batch: MaskedBatch, from: number): Promise<BatchMeasures> {
    const { truth, guess } = await judgePrediction(this.#objective, batch);
    const model = this.#meanError(batch, truth, (_, index, size) =>
      guess.subarray(index * size, (index + 1) * size),
    );
    return { metrics: { 'hiddenError/model': model, ...this.#baselinesOf(batch, truth, from) } };
  }

  #baselinesOf(
    batch: MaskedBatch,
    truth: FeatureMap,
    from: number,
  ): Readonly<Record<string, number>> {
    const known = this.#baselines.get(from);
    if (known) return known;
    const measured = {
      'hiddenError/visibleMean': this.#meanError(batch, truth, fillWithVisibleMean),
      'hiddenError/inpainting': this.#meanError(batch, truth, inpaintHidden),
    };
    this.#baselines.set(from, measured);
    return measured;
  }

  /** The mean over the crops of a batch; they all hide as much. */
  #meanError(
    { mask }: MaskedBatch,
    { values, shape: [count, depth, height, width, channels] }: FeatureMap,
    fill: (crop: MaskedCrop, index: number, size: number) => Float32Array,
  ): number {
    const size = values.length / count;
    const tokens = mask.hidden.length / count;
    const cells = tile([depth, height, width], mask.gridShape);
    let total = 0;
    for (let index = 0; index < count; index++) {
      const flags = mask.hidden.subarray(index * tokens, (index + 1) * tokens);
      const crop: MaskedCrop = {
        voxels: values.subarray(index * size, (index + 1) * size),
        shape: [depth, height, width],
        channels,
        hidden: hiddenVoxels(flags, mask.gridShape, cells),
      };
      total += hiddenError(fill(crop, index, size), crop);
    }
    return total / count;
  }
}
