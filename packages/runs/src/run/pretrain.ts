import { isVoxmimError, type Encoder, type Registries } from '@voxmim/core';
import type { TrainingResult } from '@voxmim/training';
import type { SampleSource } from '@voxmim/datasets/node';

import {
  createMaskStrategy,
  type PretrainConfig,
  buildPretrainModel,
  type PretrainModel,
  createRegistries,
} from '@voxmim/presets';
import { resolvePretrain } from '../config/resolve-config.js';
import { MaskedBatches } from '../batches/masked-batches.js';
import type { CropBatch } from '../batches/pretrain-batches.js';
import { drawTrainingCrops } from '../batches/median-crop.js';
import { drawProbeData } from '../batches/probe-crops.js';
import { readableIds } from '../batches/readable-ids.js';
import { nestedSubset } from '../batches/split.js';
import { ViewBatches } from '../batches/view-batches.js';
import { ContrastiveLearning } from './contrastive-learning.js';
import type { Learning } from './learning.js';
import { logPictures } from './log-pictures.js';
import { MaskedLearning } from './masked-learning.js';
import { OnlineProbe } from './online-probe.js';
import { reportAtEnd } from './report-at-end.js';
import { writeReconstructions } from './reconstructions.js';
import { leads } from './processes.js';
import type { RunOptions } from './run-options.js';
import { startRun, type StartedRun } from './start-run.js';
import { runTraining } from './training-job.js';
import { PretrainValidation, type WatchedProbe } from './validate-pretraining.js';

/** Crops whose reconstructions are kept. */
const SHOWN = 3;

/** How a pretraining run ended. */
export interface PretrainResult extends TrainingResult {
  /** The folder of the run. */
  readonly out: string;
}

/**
 * Pretrains an encoder on volumes. Label maps do not enter: where there are some, a linear probe
 * watches with them.
 *
 * The folder gets the resolved config, the split, checkpoints, logs, reconstructions of fixed
 * validation crops, and `run.json`.
 *
 * @throws `INVALID_CONFIG`, `RUN_EXISTS`, `BACKEND_UNAVAILABLE`, `NON_FINITE_LOSS`, and what
 *   reading data and writing files throw
 */
export async function pretrain(
  input: PretrainConfig,
  options: RunOptions,
): Promise<PretrainResult> {
  const { registries = createRegistries(), out, signal } = options;
  const config = await resolvePretrain(input, { registries });
  const run = withFewerCases(
    await startRun(config, { ...options, registries }, (full) =>
      buildPretrainModel(full, registries),
    ),
  );
  const { model, recorder, folder, monitor } = run;
  const samples = openTrainingSamples(run);
  try {
    const result = await recorder.watch(() =>
      trainModel(run, model, samples, { registries, signal }),
    );
    if (!leads(run.exchange)) return { ...result, out };
    const report = result.status === 'completed' ? await reportAtEnd(out, monitor) : undefined;
    if (report) await logPictures(run, result.step, report);
    return { ...result, out };
  } finally {
    await samples.close();
    model.dispose();
    await folder.close();
  }
}

/** The run with the volumes that its config lets it see. */
function withFewerCases<Model>(
  run: StartedRun<PretrainConfig, Model>,
): StartedRun<PretrainConfig, Model> {
  const { config, data } = run;
  const train = nestedSubset(data.split.train, config.cases.use, config.cases.seed, data.subjects);
  return { ...run, data: { ...data, split: { ...data.split, train } } };
}

function openTrainingSamples({ config, data }: StartedRun<PretrainConfig>): SampleSource {
  const { seed, crop, augmentation } = config;
  return data.openSamples({ seed, crop, augmentation, balance: null, ids: data.split.train });
}

async function trainModel(
  run: StartedRun<PretrainConfig>,
  { encoder, objective }: PretrainModel,
  samples: SampleSource,
  { registries, signal }: { registries: Registries; signal: AbortSignal | undefined },
): Promise<TrainingResult> {
  const { config, data, folder } = run;
  const { geometry } = encoder;
  const sources = { ...config, samples, ids: data.split.train, geometry };
  if (objective.kind === 'contrastive') {
    const batches = new ViewBatches(sources, config.viewOverlap);
    const learning = new ContrastiveLearning(batches, objective);
    noteFewCases(run);
    return runLearning(run, {
      encoder,
      objective,
      learning,
      held: await readableHeld(run, 2),
      signal,
    });
  }
  const batches = new MaskedBatches(sources, createMaskStrategy(config, registries));
  const learning = new MaskedLearning({
    ...{ batches, objective, encoder },
    trainingCrops: () => drawTrainingCrops(sources),
  });
  const held = await readableHeld(run, 1);
  const result = await runLearning(run, { encoder, objective, learning, held, signal });
  if (!leads(run.exchange)) return result;
  const shown = await batches.fixed(held, 0, Math.min(SHOWN, held.length));
  await writeReconstructions(folder, objective, shown);
  return result;
}

async function runLearning<Batch extends CropBatch>(
  run: StartedRun<PretrainConfig>,
  job: Omit<PretrainModel, 'dispose'> & {
    readonly learning: Learning<Batch>;
    readonly held: readonly string[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<TrainingResult> {
  const { config, folder, monitor, exchange } = run;
  const { encoder, objective, learning, held, signal } = job;
  const probe = leads(exchange) ? await openProbe(run, encoder) : null;
  const validation = new PretrainValidation({
    ...{ config, encoder, learning, ids: held, ...(probe && { probe }) },
    warn: (text) => monitor.note?.(text),
    exchange,
  });
  const result = await runTraining<Batch>({
    config,
    folder,
    stage: 'pretraining',
    model: objective,
    encoder,
    loadBatch: (step, pass) => learning.batches.load(step, pass),
    loss: (batch, context) => learning.loss(batch, context),
    evaluate: (step) => validation.measure(step),
    monitor,
    exchange,
    signal,
  });
  validation.conclude();
  return result;
}

/** The probe of an encoder that has its initial weights; none where labels are missing or damaged. */
async function openProbe(
  { config, data, monitor }: StartedRun<PretrainConfig>,
  encoder: Encoder,
): Promise<WatchedProbe | null> {
  try {
    const probed = await drawProbeData(data, config);
    if (!probed) return null;
    const probe = new OnlineProbe(encoder, probed, config.batchSize);
    return { probe, untrained: await probe.measure() };
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    monitor.note?.(`No linear probe watches this run. ${error.message}`);
    return null;
  }
}

/** The cases that a run is watched on: those held out, or where they are too few those of training. */
function heldCases(
  { data }: Pick<StartedRun<PretrainConfig>, 'data'>,
  least: number,
): readonly string[] {
  const { train, validation } = data.split;
  return validation.length >= least ? validation : train;
}

function readableHeld(run: StartedRun<PretrainConfig>, least: number): Promise<readonly string[]> {
  const { config, data, monitor } = run;
  return readableIds(data, heldCases(run, least), config.data, monitor);
}

/** Says where a contrastive batch is larger than there are cases to compare. */
function noteFewCases({ config, data, monitor }: StartedRun<PretrainConfig>): void {
  const { batchSize } = config;
  const [train, held] = [data.split.train.length, heldCases({ data }, 2).length];
  if (train < batchSize)
    monitor.note?.(
      `A batch of ${batchSize} holds some of the ${train} training cases twice, each taken for another case: lower batchSize.`,
    );
  if (held < batchSize)
    monitor.note?.(
      `Validation compares ${held} cases at a time where training compares ${batchSize}: its loss is lower for that alone.`,
    );
}
