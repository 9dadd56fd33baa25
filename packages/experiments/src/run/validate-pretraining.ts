import type { Encoder } from '@voxmim/core';
import { effectiveRank, embeddingSpread, type FeatureRows } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

import type { PretrainConfig } from '../config/pretrain-config.js';
import type { CropBatch } from '../data/pretrain-batches.js';
import { deepestFeatures, joinRows, readRows, spreadRows } from './feature-rows.js';
import type { Learning } from './learning.js';
import type { OnlineProbe } from './online-probe.js';

/** Features that an effective rank is taken of, at most: enough to tell, few enough to decompose. */
const RANKED_ROWS = 256;

/** Below these, features have collapsed: a warning is due. */
const COLLAPSED = { effectiveRank: 2, embeddingSpread: 0.05 };

/** A linear probe, and what it found before the first step. */
export interface WatchedProbe {
  readonly probe: Pick<OnlineProbe, 'measure'>;
  readonly untrained: number;
}

/** What {@link PretrainValidation} measures, and on what. */
export interface PretrainValidationOptions<Batch extends CropBatch> {
  readonly config: {
    readonly batchSize: number;
    readonly validation: Pick<PretrainConfig['validation'], 'crops'>;
  };
  readonly encoder: Encoder;
  readonly learning: Learning<Batch>;
  /** The cases that crops are taken of; two at least where cases are compared. */
  readonly ids: readonly string[];
  readonly probe?: WatchedProbe;
  /** Told once when features collapse. */
  readonly warn: (text: string) => void;
}

/**
 * Watches a pretraining on fixed crops, so that values of one run compare: the objective's `loss`, the
 * measures of its {@link Learning}, and
 *
 * - `effectiveRank`: of the encoder's deepest features, of unmasked crops, cell by cell.
 * - `embeddingSpread`: of what a contrastive objective compares.
 * - `linearProbe/encoder` and `/untrained`: what a linear map finds of the organs in the deepest
 *   features, now and before the first step. No part of the score.
 *
 * Where cases are compared, all of a batch are different ones, and all batches are of one size, that of
 * training or as many as there are: a case beside itself would count as another one.
 */
export class PretrainValidation<Batch extends CropBatch> {
  readonly #options: PretrainValidationOptions<Batch>;
  #warned = false;

  constructor(options: PretrainValidationOptions<Batch>) {
    this.#options = options;
  }

  /** @returns the score (higher is better) and all metrics */
  async measure(): Promise<{ score: number; metrics: Record<string, number> }> {
    const { learning, config, ids, probe } = this.#options;
    const { crops } = config.validation;
    const size = learning.comparesCases ? Math.min(config.batchSize, ids.length) : config.batchSize;
    const share = Math.ceil(RANKED_ROWS / Math.ceil(crops / size));
    const means = new Means();
    const [cells, embeddings]: [FeatureRows[], FeatureRows[]] = [[], []];
    for (let from = 0; from < crops; from += size) {
      const count = learning.comparesCases ? size : Math.min(size, crops - from);
      const batch = await learning.batches.fixed(ids, from, count);
      const measures = await learning.measure(batch, from);
      means.add({ loss: await this.#loss(batch), ...measures.metrics }, count);
      cells.push(spreadRows(await this.#cells(batch), share));
      if (measures.embeddings) embeddings.push(measures.embeddings);
    }
    const metrics: Record<string, number> = {
      ...means.values(),
      effectiveRank: effectiveRank(joinRows(cells)),
      ...(embeddings.length > 0 && { embeddingSpread: embeddingSpread(joinRows(embeddings)) }),
      ...(probe && {
        'linearProbe/encoder': await probe.probe.measure(),
        'linearProbe/untrained': probe.untrained,
      }),
    };
    this.#warnOfCollapse(metrics);
    return { score: -(metrics['loss'] ?? NaN), metrics };
  }

  async #loss(batch: Batch): Promise<number> {
    const loss = tf.tidy(() => this.#options.learning.loss(batch));
    const [value = NaN] = await loss.data<'float32'>();
    loss.dispose();
    return value;
  }

  async #cells({ voxels, shape }: Batch): Promise<FeatureRows> {
    const { encoder } = this.#options;
    return readRows(() => deepestFeatures(encoder, tf.tensor5d(voxels, shape)));
  }

  #warnOfCollapse(metrics: Readonly<Record<string, number>>): void {
    if (this.#warned) return;
    for (const [name, least] of Object.entries(COLLAPSED)) {
      const value = metrics[name];
      if (value === undefined || value >= least) continue;
      this.#warned = true;
      this.#options.warn(
        `Features have collapsed: ${name} is ${value.toFixed(2)}, below ${least}. ` +
          'Lower the learning rate, or give a contrastive objective more negatives or stronger augmentation.',
      );
      return;
    }
  }
}

/** Means of named numbers, weighted. */
class Means {
  readonly #sums = new Map<string, number>();
  #weight = 0;

  add(numbers: Readonly<Record<string, number>>, weight: number): void {
    this.#weight += weight;
    for (const [name, value] of Object.entries(numbers))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * weight);
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#weight]));
  }
}
