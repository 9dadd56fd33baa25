import type { ContrastiveObjective, ForwardContext } from '@voxmim/core';
import { viewAgreement } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

import type { ViewBatch } from '../batches/view-batches.js';
import { readRows } from './feature-rows.js';
import type { BatchMeasures, Learning } from './learning.js';

/**
 * Learning by telling cases apart. Measures are `similarity/sameCase` and `/otherCase`, the mean cosine
 * of two views, and `top1/model`, the share of views to which the nearest is their partner, beside
 * `top1/chance`.
 */
export class ContrastiveLearning implements Learning<ViewBatch> {
  readonly comparesCases = true;
  readonly batches: Learning<ViewBatch>['batches'];
  readonly #objective: ContrastiveObjective;

  constructor(batches: Learning<ViewBatch>['batches'], objective: ContrastiveObjective) {
    this.batches = batches;
    this.#objective = objective;
  }

  loss({ voxels, otherVoxels, shape }: ViewBatch, context?: ForwardContext): tf.Scalar {
    const [first, second] = [tf.tensor5d(voxels, shape), tf.tensor5d(otherVoxels, shape)];
    return this.#objective.loss(first, second, context);
  }

  async measure({ voxels, otherVoxels, shape }: ViewBatch): Promise<BatchMeasures> {
    const embed = (values: Float32Array) =>
      readRows(() => this.#objective.embed(tf.tensor5d(values, shape)));
    const first = await embed(voxels);
    const { positives, negatives, top1 } = viewAgreement(first, await embed(otherVoxels));
    const metrics = {
      'similarity/sameCase': positives,
      'similarity/otherCase': negatives,
      'top1/model': top1,
      'top1/chance': 1 / (2 * shape[0] - 1),
    };
    return { metrics, embeddings: first };
  }
}
