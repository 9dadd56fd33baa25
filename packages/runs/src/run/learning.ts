import type { ForwardContext } from '@voxmim/core';
import type { FeatureRows } from '@voxmim/evaluation';
import type { Scalar } from '@tensorflow/tfjs-core';

import type { CropBatch, PretrainBatches } from '../batches/pretrain-batches.js';

/** How a pretraining learns: what it loads, what it lowers, and what tells how far it is. */
export interface Learning<Batch extends CropBatch> {
  readonly batches: Pick<PretrainBatches<Batch>, 'load' | 'fixed'>;
  /** Whether measures depend on how many cases a batch holds, and on all of them being others. */
  readonly comparesCases: boolean;
  /** The loss of a batch; call inside a tidy. */
  loss(batch: Batch, context?: ForwardContext): Scalar;
  /**
   * Measures of a validation batch beside its loss.
   *
   * @param from the number of its first crop: the same number is the same batch
   */
  measure(batch: Batch, from: number): Promise<BatchMeasures>;
}

/** What {@link Learning.measure} finds. */
export interface BatchMeasures {
  /** Averaged over batches. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What a contrastive objective compares; looked at over all batches. */
  readonly embeddings?: FeatureRows;
}
