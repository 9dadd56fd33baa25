import {
  volumeOf,
  VoxmimError,
  type CaseReading,
  type HostCrops,
  type Judgment,
  type StepFacts,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskOutputs,
  type TaskData,
  type TaskDataset,
  type TaskRun,
  type TrainingResult,
} from '@voxmim/core';
import {
  buildSegmenter,
  checkedFinetune,
  finetuneSchema,
  frozenSteps,
  trainingLoss,
  type FinetuneConfig,
} from '@voxmim/presets';
import type { Segmenter, SegmenterContext } from '@voxmim/segmentation';
import * as tf from '@tensorflow/tfjs-core';

import { checkRegions } from '../batches/check-regions.js';
import { cropBalanceOf, describeBalance } from '../batches/crop-balance.js';
import { FinetuneBatches, type FinetuneBatch } from '../batches/finetune-batches.js';
import { classesOf } from '../batches/label-classes.js';
import { labeledSubset } from '../batches/labeled-subset.js';
import { parseEvaluation } from '../judging/saved-evaluation.js';
import { still } from '../model/still-random.js';
import { evaluateCases } from '../run/evaluate-cases.js';
import { validationDice } from '../run/validation-dice.js';
import { reportSegmentation } from './report-segmentation.js';

/** Crops that the size of a residual stream is measured on. */
const MEASURED_CROPS = 4;

/** Steps from which on a layer-wise decay of the rate is worth a try. */
const LONG = 2000;

/**
 * Trains a segmentation model from scratch, or from a pretrained encoder when `from` is set, then
 * judges its best checkpoint on the test cases, on their native grids. Its word is `finetune`.
 */
export const segmentationTask: TaskDefinition<FinetuneConfig> = {
  name: 'finetune',
  title: 'Fine-tuning',
  schema: ({ registries }) => finetuneSchema(registries),
  parse: (raw, { registries, origin }) => checkedFinetune(raw, registries, origin),
  read: (config, { dataset }) => Promise.resolve(readingOf(config, dataset)),
  settle(config, data, monitor) {
    const { classes } = data;
    const labeled = labeledSubset(data, config.labels, monitor);
    const settled = { ...config, data: { ...config.data, classes } };
    return Promise.resolve({ config: settled, labeled });
  },
  create: (config, context) => new Segmentation(config, context),
  isJudged: ({ judge }) => judge,
  report: ({ evaluation }) => reportSegmentation(parseEvaluation(evaluation)),
};

function readingOf(config: FinetuneConfig, dataset: TaskDataset): CaseReading {
  const classes = classesOf(dataset, config.data.classes);
  if (config.regions) checkRegions(config.regions, classes);
  cropBalanceOf(config, classes);
  return { classes, leastShape: config.crop };
}

class Segmentation implements Task {
  readonly model: Segmenter;
  readonly #config: FinetuneConfig;
  readonly #classes: readonly string[];
  readonly #frozenSteps: number;

  constructor(config: FinetuneConfig, { registries, random }: TaskContext) {
    const { classes } = config.data;
    if (classes === undefined) throw noClasses();
    this.#config = config;
    this.#classes = classes;
    this.#frozenSteps = frozenSteps(config.freeze);
    this.model = buildSegmenter(config, classes.length, registries, random);
  }

  get encoder() {
    return this.model.encoder;
  }

  get from() {
    return this.#config.from;
  }

  step(): StepFacts {
    const { batchSize, crop, inChannels } = this.#config;
    const { model } = this;
    const loss = () =>
      trainingLoss(
        model.logits(tf.zeros([batchSize, ...crop, inChannels]), { training: true, random: still }),
        tf.zeros([batchSize, ...crop], 'int32'),
        this.#config,
      );
    const trained = this.#frozenSteps === Infinity ? model.head : model;
    return { visibleTokens: volumeOf(model.encoder.geometry.gridShape), trained, loss };
  }

  cropsText(): string {
    return describeBalance(cropBalanceOf(this.#config, this.#classes), this.#classes);
  }

  /** One crop of a case. */
  async someCrops(data: TaskData): Promise<HostCrops> {
    const ids = labeledIn(data).slice(0, MEASURED_CROPS);
    const samples = this.#openSamples(data, ids);
    try {
      const batches = new FinetuneBatches({ ...this.#config, batchSize: ids.length, samples, ids });
      return await batches.load(0, 0);
    } finally {
      await samples.close();
    }
  }

  async train(run: TaskRun): Promise<TrainingResult> {
    noteShortDecay(this.#config, run);
    const ids = labeledIn(run.data);
    const samples = this.#openSamples(run.data, ids);
    try {
      return await this.#fit(run, new FinetuneBatches({ ...this.#config, samples, ids }));
    } finally {
      await samples.close();
    }
  }

  #openSamples(data: TaskData, ids: readonly string[]) {
    const { augmentation } = this.#config;
    return data.openSamples({
      ids,
      augmentation,
      balance: cropBalanceOf(this.#config, data.classes),
    });
  }

  async #fit(run: TaskRun, batches: FinetuneBatches): Promise<TrainingResult> {
    const { validation } = this.#config;
    const held = run.data.split.validation;
    const judged = held.length > 0 ? held : labeledIn(run.data);
    const watched = await run.data.readable(judged.slice(0, validation.cases ?? judged.length));
    const frozenEncoderSteps = this.#frozenSteps;
    return run.fit<FinetuneBatch>({
      stage: 'fine-tuning',
      frozenEncoderSteps,
      load: (step, pass) => batches.load(step, pass),
      loss: (batch, context, step) =>
        this.#loss(batch, { ...context, encoderFrozen: step < frozenEncoderSteps }),
      evaluateEvery: validation.every,
      evaluate: async () => {
        const dice = await validationDice(
          this.#config,
          this.model,
          run.data,
          watched,
          run.exchange,
        );
        return { score: dice, metrics: { dice } };
      },
    });
  }

  /** The loss of a batch; call inside a tidy. */
  #loss({ shape, voxels, labels }: FinetuneBatch, context: SegmenterContext): tf.Scalar {
    const [batch, depth, height, width] = shape;
    const logits = this.model.logits(tf.tensor5d(voxels, shape), context);
    const target = tf.tensor4d(labels, [batch, depth, height, width], 'int32');
    return trainingLoss(logits, target, this.#config);
  }

  async judge(run: TaskRun): Promise<Judgment> {
    return evaluateCases(run, this.#config, this.model);
  }

  outputs(): TaskOutputs {
    const { regions, inference, data } = this.#config;
    const { seen = null } = data;
    return {
      names: ['logits'],
      of: (crops) => [this.model.predict(crops)],
      facts: { classes: this.#classes, regions, inference, seen },
    };
  }

  dispose(): void {
    this.model.dispose();
  }
}

function labeledIn({ split }: TaskData): readonly string[] {
  return split.labeled ?? split.train;
}

/** Says where layer-wise decay keeps the first layers from learning. */
function noteShortDecay({ steps, optimizer }: FinetuneConfig, { monitor }: TaskRun): void {
  if (optimizer.layerDecay === 1 || steps >= LONG) return;
  monitor.note?.(
    `optimizer.layerDecay is ${optimizer.layerDecay} in a run of ${steps} steps: below ${LONG} it has cost more ` +
      'than it saved, as the first layers hardly move. 1 turns it off.',
  );
}

function noClasses(): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    'data.classes: the config was saved without the names of its classes.',
    'Add them to data.classes in its config.json.',
    { path: 'data.classes', received: undefined },
  );
}
