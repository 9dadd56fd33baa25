import type { TrainingResult } from '@voxmim/training';
import type { SampleSource } from '@voxmim/data/node';

import type { PretrainConfig } from '../config/pretrain-config.js';
import { resolvePretrain } from '../config/resolve-config.js';
import { PretrainBatches, type PretrainBatch } from '../data/pretrain-batches.js';
import { buildPretrainModel, type PretrainModel } from '../model/build-model.js';
import { createRegistries, type Registries } from '../registries.js';
import { writeReconstructions } from './reconstructions.js';
import type { RunOptions } from './run-options.js';
import { startRun, type StartedRun } from './start-run.js';
import { runTraining } from './training-job.js';
import { batchLoss, PretrainValidation } from './validate-pretraining.js';

/** Crops whose reconstructions are kept. */
const SHOWN = 3;

/** How a pretraining run ended. */
export interface PretrainResult extends TrainingResult {
  /** The folder of the run. */
  readonly out: string;
}

/**
 * Pretrains an encoder on volumes; label maps do not enter.
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
  const run = await startRun(config, options, (full) => buildPretrainModel(full, registries));
  const { model, recorder } = run;
  const samples = openTrainingSamples(run);
  try {
    const result = await recorder.watch(() =>
      trainModel(run, model, samples, { registries, signal }),
    );
    return { ...result, out };
  } finally {
    await samples.close();
    model.dispose();
  }
}

function openTrainingSamples({ config, data }: StartedRun<PretrainConfig>): SampleSource {
  const { seed, crop, augmentation } = config;
  return data.openSamples({ seed, crop, augmentation, balance: null, ids: data.split.train });
}

async function trainModel(
  { config, data, folder, monitor }: StartedRun<PretrainConfig>,
  { encoder, objective }: PretrainModel,
  samples: SampleSource,
  { registries, signal }: { registries: Registries; signal: AbortSignal | undefined },
): Promise<TrainingResult> {
  const batches = new PretrainBatches({
    ...config,
    samples,
    ids: data.split.train,
    accumulate: config.optimizer.accumulate,
    masks: registries.masks.create(config.masking, undefined),
    geometry: encoder.geometry,
    contrastive: objective.kind === 'contrastive',
  });
  const held = data.split.validation.length > 0 ? data.split.validation : data.split.train;
  const validation = new PretrainValidation({
    ...{ config, encoder, objective, batches },
    ids: held,
    warn: (text) => monitor.note?.(text),
  });
  const result = await runTraining<PretrainBatch>({
    config,
    folder,
    stage: 'pretraining',
    model: objective,
    encoder,
    loadBatch: (step, pass) => batches.load(step, pass),
    loss: (batch, context) => batchLoss(objective, batch, context),
    evaluate: () => validation.measure(),
    monitor,
    signal,
  });
  if (objective.kind === 'masked') {
    const shown = Math.min(SHOWN, held.length);
    await writeReconstructions(folder, objective, await batches.fixed(held, 0, shown));
  }
  return result;
}
