import type { Encoder, Exchange, ParameterOwner, RunMonitor } from '@voxmim/core';
import {
  AdamW,
  createSchedule,
  parameterGroups,
  restoreSnapshot,
  train,
  WeightAverage,
  type TrainingBatch,
  type TrainingObserver,
  type TrainingResult,
  type TrainOptions,
} from '@voxmim/training';
import {
  JsonlLog,
  loadCheckpoint,
  openCheckpointFolder,
  TensorBoardLog,
} from '@voxmim/training/node';
import { stringify } from 'yaml';

import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import { evaluationLine } from './evaluation-line.js';
import { hyperparametersOf } from './hyperparameters.js';
import { leads, trafficText } from './processes.js';
import type { RunFolder } from './run-folder.js';

/** Enough to keep loader threads busy over a step that is quicker than others. */
const LOAD_AHEAD = 3;

/** A training, whatever it trains. */
export interface TrainingJob<Batch extends TrainingBatch> {
  readonly config: PretrainConfig | FinetuneConfig;
  readonly folder: RunFolder;
  /** Shown with the progress. */
  readonly stage: string;
  /** What is trained and saved. */
  readonly model: ParameterOwner;
  /** The encoder inside `model`, under `encoder.`. */
  readonly encoder: Encoder;
  /** First steps in which the encoder keeps its weights; default 0. */
  readonly frozenEncoderSteps?: number;
  readonly loadBatch: (step: number, pass: number) => Promise<Batch>;
  readonly loss: TrainOptions<Batch>['loss'];
  readonly evaluate: NonNullable<TrainOptions<Batch>['evaluation']>['run'];
  readonly monitor: RunMonitor;
  readonly exchange?: Exchange | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains as the config says: optimizer, schedule, checkpoints, logs, and going on where the folder
 * holds a checkpoint to resume.
 */
export async function runTraining<Batch extends TrainingBatch>(
  job: TrainingJob<Batch>,
): Promise<TrainingResult> {
  const { config, model, signal, exchange } = job;
  const { optimizer: settings, schedule, steps, seed, averageDecay } = config;
  const { beta1, beta2, epsilon } = settings;
  const { encoder, frozenEncoderSteps = 0 } = job;
  const groups = parameterGroups(model, { ...settings, encoder, frozenEncoderSteps });
  const optimizer = new AdamW(groups, { beta1, beta2, epsilon });
  const average =
    averageDecay === null ? undefined : new WeightAverage(model.namedParameters(), averageDecay);
  try {
    const resumeFrom = await resumed(job, { model, optimizer, average });
    const result = await train({
      model,
      optimizer,
      steps,
      seed,
      schedule: createSchedule(schedule, { learningRate: settings.learningRate, steps }),
      loadBatch: job.loadBatch,
      loss: job.loss,
      accumulate: settings.accumulate,
      loadAhead: LOAD_AHEAD,
      evaluation: { every: config.validation.every, run: job.evaluate },
      ...(leads(exchange) && {
        checkpoints: await checkpointsOf(job),
        observers: observersOf(job),
      }),
      ...(exchange && { exchange }),
      ...(average && { average }),
      ...(settings.clipNorm !== null && { clipNorm: settings.clipNorm }),
      ...(resumeFrom && { resumeFrom }),
      ...(signal && { signal }),
    });
    if (exchange) job.monitor.note?.(trafficText(exchange));
    await exchange?.close();
    return result;
  } finally {
    optimizer.dispose();
    average?.dispose();
  }
}

async function checkpointsOf<Batch extends TrainingBatch>({
  config,
  folder,
}: TrainingJob<Batch>): Promise<NonNullable<TrainOptions<Batch>['checkpoints']>> {
  const { every, keep } = config.checkpoint;
  return { every, store: await openCheckpointFolder(folder.path('checkpoints'), { config, keep }) };
}

async function resumed<Batch extends TrainingBatch>(
  { folder, monitor }: TrainingJob<Batch>,
  parts: Parameters<typeof restoreSnapshot>[0],
): Promise<TrainOptions<Batch>['resumeFrom']> {
  const saved = await folder.checkpoint();
  if (saved === undefined) {
    if (folder.resumed)
      monitor.note?.('It was stopped before its first checkpoint: it begins at step 1.');
    return undefined;
  }
  const { path, snapshot } = await loadCheckpoint(saved);
  restoreSnapshot(parts, snapshot, path);
  monitor.note?.(`Going on from ${path}.`);
  return { state: snapshot.state, checkpoint: path };
}

function observersOf<Batch extends TrainingBatch>(job: TrainingJob<Batch>): TrainingObserver[] {
  const { config, folder, stage, monitor } = job;
  const screen: TrainingObserver = {
    onStep: ({ step, steps, loss }) =>
      monitor.progress?.({ stage, done: step, total: steps, unit: 'steps', loss }),
    onEvaluation: ({ step, metrics, best }) =>
      monitor.result?.(evaluationLine(step, metrics, best)),
  };
  return [
    screen,
    new JsonlLog(folder.path('metrics')),
    ...(config.tensorBoard ? [tensorBoard(config, folder)] : []),
  ];
}

function tensorBoard(config: PretrainConfig | FinetuneConfig, folder: RunFolder): TensorBoardLog {
  return new TensorBoardLog(folder.path('tensorBoard'), {
    hyperparameters: hyperparametersOf(config),
    config: stringify(config),
  });
}
