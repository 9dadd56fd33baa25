import type { Encoder, ForwardContext, MaskedObjective, Objective } from '@voxmim/core';
import {
  effectiveRank,
  embeddingSpread,
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type FeatureRows,
  type MaskedCrop,
} from '@voxmim/evaluation';
import { hiddenVoxels } from '@voxmim/masking';
import * as tf from '@tensorflow/tfjs-core';

import type { PretrainConfig } from '../config/pretrain-config.js';
import type { PretrainBatch, PretrainBatches } from '../data/pretrain-batches.js';

/** Features that an effective rank is taken of, at most: enough to tell, few enough to decompose. */
const RANKED_ROWS = 256;

/** Below these, features have collapsed: a warning is due. */
const COLLAPSED = { effectiveRank: 2, embeddingSpread: 0.05 };

/** What {@link PretrainValidation} measures, and on what. */
export interface PretrainValidationOptions {
  readonly config: PretrainConfig;
  readonly encoder: Encoder;
  readonly objective: Objective;
  readonly batches: Pick<PretrainBatches, 'fixed'>;
  /** The cases that crops are taken of. */
  readonly ids: readonly string[];
  /** Told once when features collapse. */
  readonly warn: (text: string) => void;
}

/**
 * Watches a pretraining on fixed crops under fixed masks, so that values of one run compare.
 *
 * - `loss`: the objective's own. A contrastive loss grows with the batch, so it is measured on whole
 *   batches only.
 * - `hiddenError/model`, `/visibleMean`, `/inpainting`: mean absolute error on hidden voxels, in
 *   prepared intensities, of the reconstruction and of two ways to fill holes without learning.
 * - `effectiveRank`: of the encoder's deepest features, of unmasked crops, cell by cell.
 * - `embeddingSpread`: of what a contrastive objective compares.
 */
export class PretrainValidation {
  readonly #options: PretrainValidationOptions;
  /** Sums over hidden voxels do not change during a run, as crops and masks do not. */
  readonly #baselines = new Map<number, readonly [visibleMean: number, inpainting: number]>();
  #warned = false;

  constructor(options: PretrainValidationOptions) {
    this.#options = options;
  }

  /** @returns the score (higher is better) and all metrics */
  async measure(): Promise<{ score: number; metrics: Record<string, number> }> {
    const { objective, config, batches, ids } = this.#options;
    const { validation, batchSize } = config;
    const whole = objective.kind === 'contrastive';
    const share = Math.ceil(RANKED_ROWS / Math.ceil(validation.crops / batchSize));
    const means = new Means();
    const [cells, embeddings]: [FeatureRows[], FeatureRows[]] = [[], []];
    for (let from = 0; from < validation.crops; from += batchSize) {
      const count = whole ? batchSize : Math.min(batchSize, validation.crops - from);
      const batch = await batches.fixed(ids, from, count);
      means.add(await this.#batchMetrics(batch, from), count);
      cells.push(spread(await this.#cells(batch), share));
      if (objective.kind === 'contrastive')
        embeddings.push(await rowsOf(() => objective.embed(volumesOf(batch))));
    }
    const metrics: Record<string, number> = {
      ...means.values(),
      effectiveRank: effectiveRank(joined(cells)),
      ...(embeddings.length > 0 && { embeddingSpread: embeddingSpread(joined(embeddings)) }),
    };
    this.#warnOfCollapse(metrics);
    return { score: -(metrics['loss'] ?? NaN), metrics };
  }

  async #batchMetrics(batch: PretrainBatch, from: number): Promise<Record<string, number>> {
    const { objective } = this.#options;
    const loss = tf.tidy(() => batchLoss(objective, batch));
    const [value = NaN] = await loss.data<'float32'>();
    loss.dispose();
    if (objective.kind === 'contrastive') return { loss: value };
    const [visibleMean, inpainting] = this.#baselinesOf(batch, from);
    return {
      loss: value,
      'hiddenError/model': await this.#modelError(objective, batch),
      'hiddenError/visibleMean': visibleMean,
      'hiddenError/inpainting': inpainting,
    };
  }

  async #modelError(objective: MaskedObjective, batch: PretrainBatch): Promise<number> {
    const shown = tf.tidy(() => objective.reconstruct(volumesOf(batch), batch.mask).volumes);
    const values = await shown.data<'float32'>();
    shown.dispose();
    return this.#meanError(batch, (_, index, size) =>
      values.subarray(index * size, (index + 1) * size),
    );
  }

  #baselinesOf(batch: PretrainBatch, from: number): readonly [number, number] {
    const known = this.#baselines.get(from);
    if (known) return known;
    const measured = [
      this.#meanError(batch, fillWithVisibleMean),
      this.#meanError(batch, inpaintHidden),
    ] as const;
    this.#baselines.set(from, measured);
    return measured;
  }

  /** The mean over the crops of a batch; they all hide as much. */
  #meanError(
    { shape, voxels, mask }: PretrainBatch,
    fill: (crop: MaskedCrop, index: number, size: number) => Float32Array,
  ): number {
    const [count, depth, height, width, channels] = shape;
    const size = voxels.length / count;
    const tokens = mask.hidden.length / count;
    const { patchSize } = this.#options.encoder.geometry;
    let total = 0;
    for (let index = 0; index < count; index++) {
      const flags = mask.hidden.subarray(index * tokens, (index + 1) * tokens);
      const crop: MaskedCrop = {
        voxels: voxels.subarray(index * size, (index + 1) * size),
        shape: [depth, height, width],
        channels,
        hidden: hiddenVoxels(flags, mask.gridShape, patchSize),
      };
      total += hiddenError(fill(crop, index, size), crop);
    }
    return total / count;
  }

  async #cells(batch: PretrainBatch): Promise<FeatureRows> {
    const { encoder } = this.#options;
    return rowsOf(() => {
      const volumes = volumesOf(batch);
      return encoder.pyramid(volumes).at(-1) ?? volumes;
    });
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

/** The loss of a batch; call inside a tidy. */
export function batchLoss(
  objective: Objective,
  batch: PretrainBatch,
  context?: ForwardContext,
): tf.Scalar {
  const volumes = volumesOf(batch);
  if (objective.kind === 'masked') return objective.loss(volumes, batch.mask, context);
  const { otherVoxels = batch.voxels, shape } = batch;
  return objective.loss(volumes, tf.tensor5d(otherVoxels, shape), context);
}

function volumesOf({ voxels, shape }: PretrainBatch): tf.Tensor5D {
  return tf.tensor5d(voxels, shape);
}

/** The vectors along the last axis. */
async function rowsOf(make: () => tf.Tensor): Promise<FeatureRows> {
  const tensor = tf.tidy(make);
  const values = await tensor.data<'float32'>();
  const width = tensor.shape.at(-1) ?? 1;
  tensor.dispose();
  return { values, width };
}

/** At most `most` rows, evenly spread. */
function spread({ values, width }: FeatureRows, most: number): FeatureRows {
  const count = values.length / width;
  const kept = Math.min(count, most);
  const chosen = new Float32Array(kept * width);
  for (let row = 0; row < kept; row++) {
    const from = Math.floor((row * count) / kept) * width;
    chosen.set(values.subarray(from, from + width), row * width);
  }
  return { values: chosen, width };
}

function joined(parts: readonly FeatureRows[]): FeatureRows {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { values, width: parts[0]?.width ?? 1 };
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
