import {
  createRandom,
  isVoxmimError,
  volumeOf,
  zipAxes,
  type CaseSplit,
  type Encoder,
  type Registries,
  type StepFacts,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskOutputs,
  type TaskRun,
  type TokenMask,
  type TrainingResult,
} from '@voxmim/core';
import { sampleMask } from '@voxmim/masking';
import {
  buildPretrainModel,
  checkedPretrain,
  createMaskStrategy,
  pretrainSchema,
  type PretrainConfig,
  type PretrainModel,
} from '@voxmim/presets';
import {
  concludePretraining,
  pretrainingHighlights,
  pretrainingWarnings,
  type PretrainingFindings,
} from '@voxmim/report';
import * as tf from '@tensorflow/tfjs-core';

import { MaskedBatches } from '../batches/masked-batches.js';
import { drawTrainingCrops } from '../batches/median-crop.js';
import type { CropBatch } from '../batches/pretrain-batches.js';
import { drawProbeData } from '../batches/probe-crops.js';
import { nestedSubset } from '../batches/split.js';
import { ViewBatches } from '../batches/view-batches.js';
import { ContrastiveLearning } from '../run/contrastive-learning.js';
import type { Learning } from '../run/learning.js';
import { MaskedLearning } from '../run/masked-learning.js';
import { leads } from '../run/processes.js';
import { OnlineProbe } from '../run/online-probe.js';
import { writeReconstructions } from '../run/reconstructions.js';
import { PretrainValidation, type WatchedProbe } from '../run/validate-pretraining.js';

/** Crops whose reconstructions are kept. */
const SHOWN = 3;

/**
 * Pretrains an encoder on volumes. Label maps do not enter: where there are some, a linear probe
 * watches with them.
 */
export const pretrainTask: TaskDefinition<PretrainConfig> = {
  name: 'pretrain',
  title: 'Pretraining',
  checkpoint: 'last',
  schema: ({ registries }) => pretrainSchema(registries),
  parse: (raw, { registries, origin }) => checkedPretrain(raw, registries, origin),
  read: ({ crop, room }) => {
    const leastShape = zipAxes(crop, room, (extent, more) => extent + more);
    return Promise.resolve({ classes: [], leastShape });
  },
  create: (config, context) => new Pretraining(config, context),
  report({ metrics, split }) {
    const measured: PretrainingFindings = {
      metrics,
      heldOut: (split?.validation.length ?? 0) > 0,
    };
    return {
      conclusion: concludePretraining(measured),
      warnings: pretrainingWarnings(measured),
      highlights: pretrainingHighlights(measured),
    };
  },
};

/** A run with the volumes that its config lets it see. */
interface SeenRun {
  readonly run: TaskRun;
  readonly split: CaseSplit;
}

class Pretraining implements Task {
  readonly #config: PretrainConfig;
  readonly #registries: Registries;
  readonly #built: PretrainModel;

  constructor(config: PretrainConfig, { registries, random }: TaskContext) {
    this.#config = config;
    this.#registries = registries;
    this.#built = buildPretrainModel(config, registries, random);
  }

  get model() {
    return this.#built.objective;
  }

  get encoder() {
    return this.#built.encoder;
  }

  step(): StepFacts {
    const { objective, encoder } = this.#built;
    const { batchSize, crop, inChannels } = this.#config;
    const volumes = () => tf.zeros<tf.Rank.R5>([batchSize, ...crop, inChannels]);
    if (objective.kind === 'contrastive') {
      const visibleTokens = volumeOf(encoder.geometry.gridShape);
      return {
        visibleTokens,
        trained: objective,
        loss: () => objective.loss(volumes(), volumes()),
      };
    }
    const mask = this.#emptyMask();
    const visibleTokens = mask.visibleIds.length / mask.batchSize;
    return { visibleTokens, trained: objective, loss: () => objective.loss(volumes(), mask) };
  }

  /** A mask such as the run would draw, of empty crops. */
  #emptyMask(): TokenMask {
    const { batchSize, crop, inChannels } = this.#config;
    const { gridShape, patchSize } = this.encoder.geometry;
    const contexts = Array.from({ length: batchSize }, (_, sample) => ({
      ...{ gridShape, patchSize, progress: 0, random: createRandom(0, sample) },
      voxels: new Float32Array(volumeOf(crop) * inChannels),
    }));
    return sampleMask(createMaskStrategy(this.#config, this.#registries), contexts);
  }

  async train(run: TaskRun): Promise<TrainingResult> {
    const { cases, augmentation } = this.#config;
    const train = nestedSubset(run.data.split.train, cases.use, cases.seed, run.data.subjects);
    const seen = { run, split: { ...run.data.split, train } };
    const samples = run.data.openSamples({ ids: train, augmentation });
    try {
      const { geometry } = this.encoder;
      return await this.#learn(seen, { ...this.#config, samples, ids: train, geometry });
    } finally {
      await samples.close();
    }
  }

  async #learn(
    seen: SeenRun,
    sources: ConstructorParameters<typeof MaskedBatches>[0] & { readonly inChannels: number },
  ): Promise<TrainingResult> {
    const { objective, encoder } = this.#built;
    if (objective.kind === 'contrastive') {
      const batches = new ViewBatches(sources, this.#config.viewOverlap);
      noteFewCases(this.#config, seen);
      const learning = new ContrastiveLearning(batches, objective);
      return this.#watched(seen, learning, await readableHeld(seen, 2));
    }
    const batches = new MaskedBatches(sources, createMaskStrategy(this.#config, this.#registries));
    const learning = new MaskedLearning({
      ...{ batches, objective, encoder },
      trainingCrops: () => drawTrainingCrops(sources),
    });
    const held = await readableHeld(seen, 1);
    const result = await this.#watched(seen, learning, held);
    if (!leads(seen.run.exchange)) return result;
    const shown = await batches.fixed(held, 0, Math.min(SHOWN, held.length));
    await writeReconstructions(seen.run.path('reconstructions'), objective, shown);
    return result;
  }

  async #watched<Batch extends CropBatch>(
    seen: SeenRun,
    learning: Learning<Batch>,
    held: readonly string[],
  ): Promise<TrainingResult> {
    const { encoder } = this.#built;
    const config = this.#config;
    const { run } = seen;
    const probe = leads(run.exchange) ? await openProbe(config, seen, encoder) : null;
    const validation = new PretrainValidation({
      ...{ config, encoder, learning, ids: held, ...(probe && { probe }) },
      warn: (text) => run.monitor.note?.(text),
      exchange: run.exchange,
    });
    const result = await run.fit<Batch>({
      stage: 'pretraining',
      load: (step, pass) => learning.batches.load(step, pass),
      loss: (batch, context) => learning.loss(batch, context),
      evaluateEvery: config.validation.every,
      evaluate: (step) => validation.measure(step),
    });
    validation.conclude();
    return result;
  }

  outputs(): TaskOutputs {
    const { encoder } = this.#built;
    return {
      names: encoder.levels.map((_, index) => `level${index}`),
      of: (crops) => encoder.pyramid(crops),
      facts: {},
    };
  }

  dispose(): void {
    this.#built.dispose();
  }
}

/** The probe of an encoder that has its initial weights; none where labels are missing or damaged. */
async function openProbe(
  config: PretrainConfig,
  { run, split }: SeenRun,
  encoder: Encoder,
): Promise<WatchedProbe | null> {
  try {
    const probed = await drawProbeData(run.data, split, config);
    if (!probed) return null;
    const probe = new OnlineProbe(encoder, probed, config.batchSize);
    return { probe, untrained: await probe.measure() };
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    run.monitor.note?.(`No linear probe watches this run. ${error.message}`);
    return null;
  }
}

/** The cases that a run is watched on: those held out, or where they are too few those of training. */
function heldCases({ train, validation }: CaseSplit, least: number): readonly string[] {
  return validation.length >= least ? validation : train;
}

function readableHeld({ run, split }: SeenRun, least: number): Promise<readonly string[]> {
  return run.data.readable(heldCases(split, least));
}

/** Says where a contrastive batch is larger than there are cases to compare. */
function noteFewCases({ batchSize }: PretrainConfig, { run: { monitor }, split }: SeenRun): void {
  const [train, held] = [split.train.length, heldCases(split, 2).length];
  if (train < batchSize)
    monitor.note?.(
      `A batch of ${batchSize} holds some of the ${train} training cases twice, each taken for another case: lower batchSize.`,
    );
  if (held < batchSize)
    monitor.note?.(
      `Validation compares ${held} cases at a time where training compares ${batchSize}: its loss is lower for that alone.`,
    );
}
