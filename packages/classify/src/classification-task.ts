import {
  isUnreadable,
  volumeOf,
  type HostCrops,
  type Judgment,
  type PredictedRow,
  type Settled,
  type StepFacts,
  type Task,
  type TaskContext,
  type TaskData,
  type TaskDefinition,
  type TaskOutputs,
  type TaskRun,
  type TrainingResult,
  type Volume,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { targetOf, TargetBatches, type TargetBatch } from './batches.js';
import { classifyLoss, classWeightsOf, type LossFacts } from './classify-loss.js';
import { Classifier, type ClassifierContext } from './classifier.js';
import { classifySchema, learnsClasses, type ClassifyConfig } from './config.js';
import {
  evaluateClasses,
  evaluateValues,
  evaluationText,
  predictedName,
  type ClassCase,
  type FailedCase,
  type ValueCase,
} from './evaluation.js';
import { logLoss, balancedAccuracy, classAuc } from './metrics/class-metrics.js';
import { meanAbsoluteError } from './metrics/value-metrics.js';
import { classesIn, classTargets, readTargets, valueTargets } from './read-targets.js';
import { reportClassification } from './report.js';
import { settleTargets, strataOf } from './settle-targets.js';
import { meanOverCrops } from './whole-volume.js';

/** Crops that the size of a residual stream is measured on. */
const MEASURED_CROPS = 4;

/** Learns a class or a value of each volume, from scratch or over a pretrained encoder. */
export const classificationTask: TaskDefinition<ClassifyConfig> = {
  name: 'classify',
  title: 'Classification',
  predicts: 'rows',
  schema: (fields) => classifySchema(fields),
  parse: (raw, parsing) => parsing.parse(classifySchema(parsing), raw),
  async read(config, source) {
    const targets = await readTargets(config.target, source);
    const classes = config.target.classes ?? classesIn(targets);
    if (learnsClasses(config)) classTargets(targets, classes);
    const strata = learnsClasses(config) ? targets : strataOf(valueTargets(targets));
    return { classes: [], leastShape: config.crop, strata };
  },
  settle: (config, data, monitor): Promise<Settled<ClassifyConfig>> =>
    settleTargets(config, data, monitor),
  create: (config, context) => new Classification(config, context),
  isJudged: ({ judge }) => judge,
  report: reportClassification,
};

class Classification implements Task {
  readonly model: Classifier;
  readonly #config: ClassifyConfig;
  readonly #classes: readonly string[];

  constructor(config: ClassifyConfig, { createEncoder, random }: TaskContext) {
    this.#config = config;
    this.#classes = learnsClasses(config) ? (config.target.classes ?? []) : [];
    const outputs = learnsClasses(config) ? this.#classes.length : 1;
    this.model = new Classifier(createEncoder(), config.pooling, outputs, random('head'));
  }

  get encoder() {
    return this.model.encoder;
  }

  get from() {
    return this.#config.from;
  }

  get #frozenSteps(): number {
    const { encoder } = this.#config.freeze;
    if (typeof encoder === 'number') return encoder;
    return encoder ? Infinity : 0;
  }

  step(): StepFacts {
    const { batchSize, crop, inChannels, loss } = this.#config;
    const targets = Array.from({ length: batchSize }, () => 0);
    const facts = { classWeights: this.#classes.map(() => 1), center: 0, scale: 1 };
    return {
      visibleTokens: volumeOf(this.encoder.geometry.gridShape),
      trained: this.#frozenSteps === Infinity ? this.model.head : this.model,
      loss: () => {
        const crops = tf.zeros<tf.Rank.R5>([batchSize, ...crop, inChannels]);
        return classifyLoss(this.model.scores(crops), targets, loss, facts);
      },
    };
  }

  async someCrops(data: TaskData): Promise<HostCrops> {
    const ids = labeledIn(data).slice(0, MEASURED_CROPS);
    const samples = data.openSamples({ ids, augmentation: this.#config.augmentation });
    try {
      const config = { ...this.#config, batchSize: ids.length };
      const targets = new Map(ids.map((id) => [id, 0]));
      return await new TargetBatches({ config, samples, ids, targets }).load(0, 0);
    } finally {
      await samples.close();
    }
  }

  async train(run: TaskRun): Promise<TrainingResult> {
    const { data } = run;
    const targets = await this.#targetsOf(data);
    const ids = labeledIn(data);
    const held = data.split.validation.length > 0 ? data.split.validation : ids;
    const watched = await data.readable(held);
    const samples = data.openSamples({ ids, augmentation: this.#config.augmentation });
    try {
      const batches = new TargetBatches({ config: this.#config, samples, ids, targets });
      const facts = this.#factsOf(ids.map((id) => targetOf(targets, id)));
      const frozenEncoderSteps = this.#frozenSteps;
      return await run.fit<TargetBatch>({
        stage: 'classification',
        frozenEncoderSteps,
        load: (step, pass) => batches.load(step, pass),
        loss: (batch, context, step) =>
          this.#loss(batch, facts, { ...context, encoderFrozen: step < frozenEncoderSteps }),
        evaluateEvery: this.#config.validation.every,
        evaluate: () => this.#validate(data, targets, watched),
      });
    } finally {
      await samples.close();
    }
  }

  #loss(
    { voxels, shape, targets }: TargetBatch,
    facts: LossFacts,
    context: ClassifierContext,
  ): tf.Scalar {
    const scores = this.model.scores(tf.tensor5d(voxels, shape), context);
    return classifyLoss(scores, targets, this.#config.loss, facts);
  }

  #factsOf(targets: readonly number[]): LossFacts {
    const { loss, target } = this.#config;
    const balanced = loss.name === 'crossEntropy' && loss.balanced;
    return {
      classWeights: classWeightsOf(targets, this.#classes.length, balanced),
      center: target.center ?? 0,
      scale: target.scale ?? 1,
    };
  }

  async #targetsOf(data: TaskData): Promise<ReadonlyMap<string, number>> {
    const texts = await readTargets(this.#config.target, data);
    return learnsClasses(this.#config) ? classTargets(texts, this.#classes) : valueTargets(texts);
  }

  async #validate(
    data: TaskData,
    targets: ReadonlyMap<string, number>,
    ids: readonly string[],
  ): Promise<{ score: number; metrics: Record<string, number> }> {
    const found = [];
    for (const id of ids) {
      const { image } = await data.volumes(id);
      found.push({ target: targetOf(targets, id), outputs: await this.#outputsOf(image) });
    }
    if (!learnsClasses(this.#config)) {
      const error = meanAbsoluteError(
        found.map(({ target, outputs: [value = NaN] }) => ({ target, value })),
      );
      return { score: -error, metrics: { meanAbsoluteError: error } };
    }
    const cases = found.map(({ target, outputs }) => ({ target, probabilities: outputs }));
    const area = classAuc(cases, this.#classes.length);
    const metrics = {
      ...(Number.isFinite(area) && { auc: area }),
      balancedAccuracy: balancedAccuracy(cases),
      logLoss: logLoss(cases),
    };
    // The loss tells two checkpoints apart that order a few cases alike.
    return { score: -metrics.logLoss, metrics };
  }

  /** Of a whole prepared volume: probabilities, or one value. */
  async #outputsOf(image: Volume<Float32Array>): Promise<number[]> {
    const { crop, batchSize, target } = this.#config;
    const of = (crops: tf.Tensor5D) => {
      const scores = this.model.scores(crops);
      return learnsClasses(this.#config) ? tf.softmax(scores) : scores;
    };
    const mean = [...(await meanOverCrops(image, crop, of, batchSize))];
    if (learnsClasses(this.#config)) return mean;
    return mean.map((value) => (target.center ?? 0) + (target.scale ?? 1) * value);
  }

  async judge(run: TaskRun): Promise<Judgment> {
    const { data, monitor } = run;
    const targets = await this.#targetsOf(data);
    const failed: FailedCase[] = [];
    const found: { id: string; subject: string; target: number; outputs: number[] }[] = [];
    for (const id of data.split.test) {
      try {
        const { image } = await data.volumes(id);
        const outputs = await this.#outputsOf(image);
        found.push({
          id,
          subject: data.subjects.get(id) ?? id,
          target: targetOf(targets, id),
          outputs,
        });
      } catch (error) {
        if (!run.skipsUnreadable || !isUnreadable(error)) throw error;
        failed.push({ id, message: error.problem });
      }
      const done = found.length + failed.length;
      const total = data.split.test.length;
      monitor.progress?.({ stage: 'evaluating', done, total, unit: 'cases' });
    }
    const evaluation = this.#evaluated(found, failed);
    const text = evaluationText(evaluation);
    await run.writeJson('evaluation', evaluation);
    await run.writeText('evaluationTable', text);
    return { summary: evaluation.summary, text };
  }

  #evaluated(
    found: readonly { id: string; subject: string; target: number; outputs: number[] }[],
    failed: readonly FailedCase[],
  ) {
    if (!learnsClasses(this.#config)) {
      const cases = found.map(({ outputs: [value = NaN], ...entry }): ValueCase => ({
        ...entry,
        value,
      }));
      return evaluateValues(cases, failed);
    }
    const cases = found.map(({ outputs, ...entry }): ClassCase => ({
      ...entry,
      probabilities: outputs,
    }));
    return evaluateClasses(cases, this.#classes, failed);
  }

  outputs(): TaskOutputs {
    const { target } = this.#config;
    if (!learnsClasses(this.#config)) {
      const [center, scale] = [target.center ?? 0, target.scale ?? 1];
      return {
        names: ['value'],
        of: (crops) => [tf.add(tf.mul(this.model.scores(crops), scale), center)],
        facts: {},
      };
    }
    return {
      names: ['probabilities'],
      of: (crops) => [tf.softmax(this.model.scores(crops))],
      facts: { classes: this.#classes },
    };
  }

  async predictRow(image: Volume<Float32Array>): Promise<PredictedRow> {
    const outputs = await this.#outputsOf(image);
    if (!learnsClasses(this.#config)) return { value: outputs[0] ?? NaN };
    const probabilities = this.#classes.map((name, label): [string, number] => [
      name,
      outputs[label] ?? NaN,
    ]);
    const predicted = predictedName(outputs, this.#classes);
    return { predicted, ...Object.fromEntries(probabilities) };
  }

  dispose(): void {
    this.model.dispose();
  }
}

function labeledIn({ split }: TaskData): readonly string[] {
  return split.labeled ?? split.train;
}
