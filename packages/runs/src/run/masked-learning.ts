import { tile, type Encoder, type ForwardContext, type MaskedObjective } from '@voxmim/core';
import {
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type MaskedCrop,
} from '@voxmim/evaluation';
import { hiddenVoxels } from '@voxmim/masking';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../batches/masked-batches.js';
import { medianOf } from '../batches/median-crop.js';
import { judgePrediction, type FeatureMap } from './judged-prediction.js';
import type { BatchMeasures, Learning } from './learning.js';
import { shuffleVisible, withAveragedPositions } from './place-ablation.js';

/** What {@link MaskedLearning} learns with, and what it is watched with. */
export interface MaskedLearningOptions {
  readonly batches: Learning<MaskedBatch>['batches'];
  readonly objective: MaskedObjective;
  readonly encoder: Encoder;
  /** Crops of training, `[D, H, W, C]` each; asked for once. */
  readonly trainingCrops: () => Promise<readonly Float32Array[]>;
}

/**
 * Learning by what is hidden. Measures are
 *
 * - `hiddenError/model`, `/visibleMean`, `/inpainting` and `/atlas`: mean absolute error on hidden voxels,
 *   in prepared intensities, of the reconstruction, of two ways to fill holes without learning, and of
 *   the median of training crops, one picture for all. Where the objective predicts no intensities, all
 *   are of what it does predict.
 * - `ablation/shuffledTokens` and `/averagedPositions`: the share by which the loss rises when visible
 *   tokens change places, and when the encoder's positions are all one. Near 0, places are not used.
 */
export class MaskedLearning implements Learning<MaskedBatch> {
  readonly comparesCases = false;
  readonly batches: Learning<MaskedBatch>['batches'];
  readonly #options: MaskedLearningOptions;
  /** These do not change during a run, as crops and masks do not. */
  readonly #baselines = new Map<number, Readonly<Record<string, number>>>();
  #atlas: Promise<Float32Array> | undefined;

  constructor(options: MaskedLearningOptions) {
    this.batches = options.batches;
    this.#options = options;
  }

  loss({ voxels, shape, mask }: MaskedBatch, context?: ForwardContext): tf.Scalar {
    return this.#options.objective.loss(tf.tensor5d(voxels, shape), mask, context);
  }

  async measure(batch: MaskedBatch, from: number): Promise<BatchMeasures> {
    const { truth, guess, isVoxels } = await judgePrediction(this.#options.objective, batch);
    const model = this.#meanError(batch, truth, (_, index, size) =>
      guess.subarray(index * size, (index + 1) * size),
    );
    const baselines = await this.#baselinesOf(batch, truth, { from, isVoxels });
    const ablations = await this.#ablationsOf(batch, from);
    return { metrics: { 'hiddenError/model': model, ...baselines, ...ablations } };
  }

  async #baselinesOf(
    batch: MaskedBatch,
    truth: FeatureMap,
    { from, isVoxels }: { readonly from: number; readonly isVoxels: boolean },
  ): Promise<Readonly<Record<string, number>>> {
    const known = this.#baselines.get(from);
    if (known) return known;
    this.#atlas ??= this.#medianTruth(batch.shape, isVoxels);
    const atlas = await this.#atlas;
    const measured = {
      'hiddenError/visibleMean': this.#meanError(batch, truth, fillWithVisibleMean),
      'hiddenError/inpainting': this.#meanError(batch, truth, inpaintHidden),
      'hiddenError/atlas': this.#meanError(batch, truth, () => atlas),
    };
    this.#baselines.set(from, measured);
    return measured;
  }

  /** The median of what should be predicted, were the crops of training hidden. */
  async #medianTruth(shape: MaskedBatch['shape'], isVoxels: boolean): Promise<Float32Array> {
    const { objective, trainingCrops } = this.#options;
    const crops = await trainingCrops();
    if (isVoxels) return medianOf(crops);
    const truths: Float32Array[] = [];
    for (const crop of crops) {
      const truth = tf.tidy(() => {
        const volume = tf.tensor5d(crop, [1, shape[1], shape[2], shape[3], shape[4]]);
        return objective.target?.(volume) ?? volume;
      });
      truths.push(await truth.data<'float32'>());
      truth.dispose();
    }
    return medianOf(truths);
  }

  async #ablationsOf(batch: MaskedBatch, from: number): Promise<Record<string, number>> {
    const whole = await this.#lossOf(batch);
    const shuffled = await this.#lossOf(shuffleVisible(batch, from));
    const averaged = await withAveragedPositions(this.#options.encoder, () => this.#lossOf(batch));
    return {
      'ablation/shuffledTokens': shuffled / whole - 1,
      ...(averaged !== null && { 'ablation/averagedPositions': averaged / whole - 1 }),
    };
  }

  async #lossOf(batch: MaskedBatch): Promise<number> {
    const loss = tf.tidy(() => this.loss(batch));
    const [value = NaN] = await loss.data<'float32'>();
    loss.dispose();
    return value;
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
