import type { Encoder } from '@voxmim/core';
import { effectiveRank, embeddingSpread, type FeatureRows } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

import type { PretrainConfig } from '@voxmim/presets';
import type { CropBatch } from '../batches/pretrain-batches.js';
import { joinRows, readRows, spreadRows } from './feature-rows.js';
import type { Learning } from './learning.js';
import type { OnlineProbe } from './online-probe.js';
import { PretrainingWarnings } from './pretraining-warnings.js';

/** Features that an effective rank is taken of, at most: enough to tell, few enough to decompose. */
const RANKED_ROWS = 256;

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
  /** Told what gives cause to worry; see {@link PretrainingWarnings}. */
  readonly warn: (text: string) => void;
}

/**
 * Watches a pretraining on fixed crops, so that values of one run compare: the objective's `loss`, the
 * measures of its {@link Learning}, and
 *
 * - `effectiveRank`: of the encoder's deepest features, of unmasked crops, cell by cell.
 * - `levelRms/1`, `/2`, …: the size of the encoder's feature levels, root mean square, shallow to deep.
 * - `embeddingSpread`: of what a contrastive objective compares.
 * - `linearProbe/encoder` and `/untrained`: what a linear map finds of the organs in the deepest
 *   features, now and before the first step. No part of the score.
 *
 * Where cases are compared, all of a batch are different ones, and all batches are of one size, that of
 * training or as many as there are: a case beside itself would count as another one.
 */
export class PretrainValidation<Batch extends CropBatch> {
  readonly #options: PretrainValidationOptions<Batch>;
  readonly #warnings: PretrainingWarnings;
  #last: Readonly<Record<string, number>> = {};

  constructor(options: PretrainValidationOptions<Batch>) {
    this.#options = options;
    this.#warnings = new PretrainingWarnings(options.warn);
  }

  /** Says once more what the last measures show to be wrong, for whoever reads only the end. */
  conclude(): void {
    this.#warnings.conclude(this.#last);
  }

  /** @returns the score (higher is better) and all metrics, of the weights after `step` steps */
  async measure(step: number): Promise<{ score: number; metrics: Record<string, number> }> {
    const { learning, config, ids, probe } = this.#options;
    const { crops } = config.validation;
    const size = learning.comparesCases ? Math.min(config.batchSize, ids.length) : config.batchSize;
    const share = Math.ceil(RANKED_ROWS / Math.ceil(crops / size));
    const [means, sizes] = [new Means(), new Means()];
    const [cells, embeddings]: [FeatureRows[], FeatureRows[]] = [[], []];
    for (let from = 0; from < crops; from += size) {
      const count = learning.comparesCases ? size : Math.min(size, crops - from);
      const batch = await learning.batches.fixed(ids, from, count);
      const measures = await learning.measure(batch, from);
      means.add({ loss: await this.#loss(batch), ...measures.metrics }, count);
      const levels = await this.#levels(batch);
      sizes.add(levelSizes(levels), count);
      const deepest = levels.at(-1);
      if (deepest) cells.push(spreadRows(deepest, share));
      if (measures.embeddings) embeddings.push(measures.embeddings);
    }
    const metrics: Record<string, number> = {
      ...means.values(),
      ...sizes.values(),
      effectiveRank: effectiveRank(joinRows(cells)),
      ...(embeddings.length > 0 && { embeddingSpread: embeddingSpread(joinRows(embeddings)) }),
      ...(probe && {
        'linearProbe/encoder': await probe.probe.measure(),
        'linearProbe/untrained': probe.untrained,
      }),
    };
    this.#warnings.look(metrics, step);
    this.#last = metrics;
    return { score: -(metrics['loss'] ?? NaN), metrics };
  }

  async #loss(batch: Batch): Promise<number> {
    const loss = tf.tidy(() => this.#options.learning.loss(batch));
    const [value = NaN] = await loss.data<'float32'>();
    loss.dispose();
    return value;
  }

  /** The encoder's features of a batch, shallow to deep, cell by cell. */
  async #levels({ voxels, shape }: Batch): Promise<FeatureRows[]> {
    const { encoder } = this.#options;
    const levels = tf.tidy(() => encoder.pyramid(tf.tensor5d(voxels, shape)));
    const rows = [];
    for (const level of levels) rows.push(await readRows(() => tf.clone(level)));
    tf.dispose(levels);
    return rows;
  }
}

/** The root mean square of each level, counted from 1. */
function levelSizes(levels: readonly FeatureRows[]): Record<string, number> {
  return Object.fromEntries(
    levels.map(({ values }, index) => {
      const squares = values.reduce((sum, value) => sum + value * value, 0);
      return [`levelRms/${index + 1}`, Math.sqrt(squares / values.length)];
    }),
  );
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
