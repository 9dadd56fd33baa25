import type {
  Encoder,
  Exchange,
  Fitting,
  ParameterOwner,
  Registries,
  RunMonitor,
  TrainingBatch,
  TrainingObserver,
  TrainingResult,
} from '@voxmim/core';
import {
  AdamW,
  createSchedule,
  parameterGroups,
  restoreSnapshot,
  train,
  WeightAverage,
  type TrainOptions,
} from '@voxmim/training';
import {
  JsonlLog,
  loadCheckpoint,
  openCheckpointFolder,
  TensorBoardLog,
} from '@voxmim/training/node';
import { stringify } from 'yaml';

import type { RunFields } from '@voxmim/presets';
import { evaluationLine } from './evaluation-line.js';
import { hyperparametersOf } from './hyperparameters.js';
import { leads, trafficText } from './processes.js';
import type { RunFolder } from './run-folder.js';

/** Enough to keep loader threads busy over a step that is quicker than others. */
const LOAD_AHEAD = 3;

/** What is fitted, and where it is kept. */
export interface FitTarget {
  /** The config's fields that every run has. */
  readonly fields: RunFields;
  /** The whole config, as data: kept with checkpoints and logs. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly folder: RunFolder;
  /** The encoder inside is under `encoder.`. */
  readonly model: ParameterOwner;
  readonly encoder: Encoder;
  readonly registries: Registries;
  readonly monitor: RunMonitor;
  readonly exchange: Exchange | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Trains as the config says: optimizer, schedule, checkpoints, logs, and going on where the folder
 * holds a checkpoint to resume.
 */
export async function fit<Batch extends TrainingBatch>(
  target: FitTarget,
  fitting: Fitting<Batch>,
): Promise<TrainingResult> {
  const { fields, model, encoder, signal, exchange } = target;
  const { optimizer: settings, schedule, steps, seed, averageDecay } = fields;
  const { beta1, beta2, epsilon } = settings;
  const { frozenEncoderSteps = 0 } = fitting;
  const groups = parameterGroups(model, { ...settings, encoder, frozenEncoderSteps });
  const optimizer = new AdamW(groups, { beta1, beta2, epsilon });
  const average =
    averageDecay === null ? undefined : new WeightAverage(model.namedParameters(), averageDecay);
  try {
    const resumeFrom = await resumed(target, { model, optimizer, average });
    const result = await train({
      model,
      optimizer,
      steps,
      seed,
      schedule: createSchedule(schedule, { learningRate: settings.learningRate, steps }),
      loadBatch: fitting.load,
      loss: fitting.loss,
      accumulate: settings.accumulate,
      loadAhead: LOAD_AHEAD,
      evaluation: { every: fitting.evaluateEvery, run: fitting.evaluate },
      ...(leads(exchange) && {
        checkpoints: await checkpointsOf(target),
        observers: observersOf(target, fitting.stage),
      }),
      ...(exchange && { exchange }),
      ...(average && { average }),
      ...(settings.clipNorm !== null && { clipNorm: settings.clipNorm }),
      ...(resumeFrom && { resumeFrom }),
      ...(signal && { signal }),
    });
    if (exchange) target.monitor.note?.(trafficText(exchange));
    await exchange?.close();
    return result;
  } finally {
    optimizer.dispose();
    average?.dispose();
  }
}

async function checkpointsOf({
  fields,
  config,
  folder,
}: FitTarget): Promise<NonNullable<TrainOptions<TrainingBatch>['checkpoints']>> {
  const { every, keep } = fields.checkpoint;
  return { every, store: await openCheckpointFolder(folder.path('checkpoints'), { config, keep }) };
}

async function resumed(
  { folder, monitor }: FitTarget,
  parts: Parameters<typeof restoreSnapshot>[0],
): Promise<TrainOptions<TrainingBatch>['resumeFrom']> {
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

function observersOf(
  { fields, config, folder, registries, monitor }: FitTarget,
  stage: string,
): TrainingObserver[] {
  const screen: TrainingObserver = {
    onStep: ({ step, steps, loss }) =>
      monitor.progress?.({ stage, done: step, total: steps, unit: 'steps', loss }),
    onEvaluation: ({ step, metrics, best }) =>
      monitor.result?.(evaluationLine(step, metrics, best)),
  };
  return [
    screen,
    new JsonlLog(folder.path('metrics')),
    ...fields.loggers.map((logger) =>
      registries.loggers.create(logger, { folder: folder.root, stage, config }),
    ),
    ...(fields.tensorBoard ? [tensorBoard(config, folder)] : []),
  ];
}

function tensorBoard(config: FitTarget['config'], folder: RunFolder): TensorBoardLog {
  return new TensorBoardLog(folder.path('tensorBoard'), {
    hyperparameters: hyperparametersOf(config),
    config: stringify(config),
  });
}
