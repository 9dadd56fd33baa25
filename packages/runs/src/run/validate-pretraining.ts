import type { Encoder, Exchange } from '@voxmim/core';
import { effectiveRank, embeddingSpread, type FeatureRows } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import type { PretrainConfig } from '@voxmim/presets';
import type { CropBatch } from '../batches/pretrain-batches.js';
import { joinRows, readRows, spreadRows } from './feature-rows.js';
import type { Learning } from './learning.js';
import type { OnlineProbe } from './online-probe.js';
import { PretrainingWarnings } from './pretraining-warnings.js';
import { divided } from './processes.js';

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
  /** Processes that divide the batches. */
  readonly exchange?: Exchange | undefined;
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
    const { probe, exchange } = this.#options;
    const [means, sizes] = [new Means(), new Means()];
    const [cells, embeddings]: [FeatureRows[], FeatureRows[]] = [[], []];
    const measureOne = (part: ValidationBatch) => this.#measureBatch(part);
    for (const found of await divided(exchange, this.#batches(), measureOne, BatchFound)) {
      means.add(found.means, found.count);
      sizes.add(found.sizes, found.count);
      if (found.cells) cells.push(found.cells);
      if (found.embeddings) embeddings.push(found.embeddings);
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

  #batches(): ValidationBatch[] {
    const { learning, config, ids } = this.#options;
    const { crops } = config.validation;
    const size = learning.comparesCases ? Math.min(config.batchSize, ids.length) : config.batchSize;
    const rows = Math.ceil(RANKED_ROWS / Math.ceil(crops / size));
    return Array.from({ length: Math.ceil(crops / size) }, (_, index) => {
      const from = index * size;
      return { from, count: learning.comparesCases ? size : Math.min(size, crops - from), rows };
    });
  }

  async #measureBatch({ from, count, rows }: ValidationBatch): Promise<BatchFound> {
    const { learning, ids } = this.#options;
    const batch = await learning.batches.fixed(ids, from, count);
    const { metrics, embeddings } = await learning.measure(batch, from);
    const means = { loss: await this.#loss(batch), ...metrics };
    const levels = await this.#levels(batch);
    const deepest = levels.at(-1);
    return {
      ...{ count, means, sizes: levelSizes(levels) },
      ...(deepest && { cells: spreadRows(deepest, rows) }),
      ...(embeddings && { embeddings }),
    };
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

/** One of the batches that are measured. */
interface ValidationBatch {
  readonly from: number;
  readonly count: number;
  /** Deep features of it that an effective rank is taken of. */
  readonly rows: number;
}

// What diverged is measured as NaN, which z.number() refuses.
const Measured = z.record(
  z.string(),
  z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity])]),
);
const Rows = z.object({
  values: z.custom<Float32Array>((value) => value instanceof Float32Array),
  width: z.number(),
});

/** What a batch gives to the whole. */
const BatchFound = z.object({
  count: z.number(),
  means: Measured,
  sizes: Measured,
  cells: Rows.exactOptional(),
  embeddings: Rows.exactOptional(),
});
type BatchFound = z.infer<typeof BatchFound>;

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
