import type { SampleSource } from '@voxmim/datasets/node';
import type { Segmenter, SegmenterContext } from '@voxmim/segmentation';
import { formatTransferTable, loadWeights } from '@voxmim/weights';
import type { TrainingResult } from '@voxmim/training';
import { loadCheckpointWeights } from '@voxmim/training/node';
import * as tf from '@tensorflow/tfjs-core';

import {
  frozenSteps,
  type FinetuneConfig,
  buildSegmenter,
  trainingLoss,
  createRegistries,
} from '@voxmim/presets';
import { resolveFinetune } from '../config/resolve-config.js';
import { FinetuneBatches, type FinetuneBatch } from '../batches/finetune-batches.js';
import { readableIds } from '../batches/readable-ids.js';
import { labeledSubset } from '../batches/labeled-subset.js';
import type { EvaluationResult } from '../judging/evaluation-result.js';
import { evaluateCases } from './evaluate-cases.js';
import { logPictures } from './log-pictures.js';
import { seenInPretraining, transferFrom } from './pretrained-source.js';
import { reportAtEnd } from './report-at-end.js';
import { rescaleStream, rescalingText } from './rescale-stream.js';
import { leads } from './processes.js';
import type { RunOptions } from './run-options.js';
import { startRun, type StartedRun } from './start-run.js';
import { runTraining } from './training-job.js';
import { validationDice } from './validation-dice.js';

/** Crops that the size of a residual stream is measured on. */
const MEASURED_CROPS = 4;

/** Steps from which on a layer-wise decay of the rate is worth a try. */
const LONG = 2000;

/** How a fine-tuning run ended. */
export interface FinetuneResult extends TrainingResult {
  /** The folder of the run. */
  readonly out: string;
  /** The cases whose labels were used. */
  readonly labeled: readonly string[];
  /** The best checkpoint on the test cases; absent where the run was interrupted or has none. */
  readonly evaluation?: EvaluationResult;
}

/**
 * Trains a segmentation model from scratch, or from a pretrained encoder when `from` is set, then
 * judges its best checkpoint on the test cases, on their native grids.
 *
 * The folder gets what {@link pretrain}'s gets, and the transfer table, predictions of the test
 * cases and their evaluation.
 *
 * @throws as {@link pretrain}; `CHECKPOINT_MISMATCH` when the pretrained encoder does not fit
 */
export async function finetune(
  input: FinetuneConfig,
  options: RunOptions,
): Promise<FinetuneResult> {
  const { registries = createRegistries(), out, signal } = options;
  const run = await startRun(
    await resolveFinetune(input, { registries }),
    { ...options, registries },
    (full, { classes }) => buildSegmenter(full, classes.length, registries),
  );
  const { config, data, folder, recorder, model, monitor } = run;
  noteShortDecay(run);
  try {
    const labeled = labeledSubset(data, config.labels, run.monitor);
    await folder.writeJson('split', { ...data.split, labeled });
    // One that was stopped before its first checkpoint has kept nothing of what it began with.
    if ((await folder.checkpoint()) === undefined) await initialize(run, model, labeled);
    const result = await recorder.watch(() => trainLoading(run, model, labeled, signal));
    if (!leads(run.exchange)) return { ...result, out, labeled };
    const evaluation = result.status === 'completed' ? await judge(run, model) : undefined;
    const report = result.status === 'completed' ? await reportAtEnd(out, monitor) : undefined;
    if (report) await logPictures(run, result.step, report);
    return { ...result, out, labeled, ...(evaluation && { evaluation }) };
  } finally {
    model.dispose();
    await folder.close();
  }
}

async function initialize(
  run: StartedRun<FinetuneConfig>,
  model: Segmenter,
  labeled: readonly string[],
): Promise<void> {
  const { config, data, folder, monitor } = run;
  const { from } = config;
  if (from === null) return;
  const report = formatTransferTable(await transferFrom(from, model, config.encoder));
  const size =
    from.rescale && from.part === 'encoder'
      ? await rescaleStream(model.encoder, await someCrops(run, labeled))
      : null;
  const table = size === null ? report : `${report}\n${rescalingText(size)}`;
  monitor.result?.(table);
  await folder.writeText('transfer', table);
  const seen = await seenInPretraining(from, data.split.test);
  if (seen.length === 0) return;
  monitor.note?.(
    `${seen.length} of ${data.split.test.length} test cases were seen (without labels) in pretraining: ` +
      'use the same data.split for both, or say so with the results.',
  );
}

/** Says where layer-wise decay keeps the first layers from learning. */
function noteShortDecay({ config, monitor }: StartedRun<FinetuneConfig>): void {
  const { steps, optimizer } = config;
  if (optimizer.layerDecay === 1 || steps >= LONG) return;
  monitor.note?.(
    `optimizer.layerDecay is ${optimizer.layerDecay} in a run of ${steps} steps: below ${LONG} it has cost more ` +
      'than it saved, as the first layers hardly move. 1 turns it off.',
  );
}

/** A few crops of training, one of a case. */
async function someCrops(
  { config, data }: StartedRun<FinetuneConfig>,
  labeled: readonly string[],
): Promise<FinetuneBatch> {
  const { seed, crop, augmentation } = config;
  const ids = labeled.slice(0, MEASURED_CROPS);
  const samples = data.openSamples({ seed, crop, augmentation, balance: data.balance, ids });
  try {
    const batches = new FinetuneBatches({ ...config, batchSize: ids.length, samples, ids });
    return await batches.load(0, 0);
  } finally {
    await samples.close();
  }
}

/** Trains with a source of samples that is open as long. */
async function trainLoading(
  run: StartedRun<FinetuneConfig>,
  model: Segmenter,
  labeled: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TrainingResult> {
  const { seed, crop, augmentation } = run.config;
  const { balance } = run.data;
  const samples = run.data.openSamples({ seed, crop, augmentation, balance, ids: labeled });
  try {
    return await trainModel(run, model, { labeled, samples }, signal);
  } finally {
    await samples.close();
  }
}

async function trainModel(
  { config, data, folder, monitor, exchange }: StartedRun<FinetuneConfig>,
  model: Segmenter,
  { labeled, samples }: { labeled: readonly string[]; samples: SampleSource },
  signal: AbortSignal | undefined,
): Promise<TrainingResult> {
  const batches = new FinetuneBatches({ ...config, samples, ids: labeled });
  const judged = data.split.validation.length > 0 ? data.split.validation : labeled;
  const chosen = judged.slice(0, config.validation.cases ?? judged.length);
  const watched = await readableIds(data, chosen, config.data, monitor);
  const frozenEncoderSteps = frozenSteps(config.freeze);
  return runTraining<FinetuneBatch>({
    config,
    folder,
    stage: 'fine-tuning',
    model,
    encoder: model.encoder,
    frozenEncoderSteps,
    loadBatch: (step, pass) => batches.load(step, pass),
    loss: (batch, context, step) =>
      batchLoss(config, model, batch, { ...context, encoderFrozen: step < frozenEncoderSteps }),
    evaluate: async () => {
      const dice = await validationDice(config, model, data, watched, exchange);
      return { score: dice, metrics: { dice } };
    },
    monitor,
    exchange,
    signal,
  });
}

/** The loss of a batch; call inside a tidy. */
function batchLoss(
  config: FinetuneConfig,
  model: Segmenter,
  { shape, voxels, labels }: FinetuneBatch,
  context: SegmenterContext,
): tf.Scalar {
  const [batch, depth, height, width] = shape;
  const logits = model.logits(tf.tensor5d(voxels, shape), context);
  const target = tf.tensor4d(labels, [batch, depth, height, width], 'int32');
  return trainingLoss(logits, target, config);
}

/** Loads the best checkpoint and evaluates it on the test cases. */
async function judge(
  run: StartedRun<FinetuneConfig>,
  model: Segmenter,
): Promise<EvaluationResult | undefined> {
  if (!run.config.judge || run.data.split.test.length === 0) return undefined;
  const best = await loadCheckpointWeights(run.folder.path('checkpoints'), 'best');
  loadWeights(model, best.tensors, best.path);
  return evaluateCases(run, model);
}
