import type {
  StepFacts,
  Task,
  TaskContext,
  TaskDefinition,
  TaskOutputs,
  TaskRun,
  TrainingResult,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { flipSchema, type FlipConfig } from './config.js';
import { flipBatch, type FlipBatch } from './flip-batches.js';
import { FlipModel } from './flip-model.js';

/** Batches that each validation looks at. */
const WATCHED = 4;

/** Tells a crop from its mirror image: needs no labels, and any encoder will do. */
export const flipTask: TaskDefinition<FlipConfig> = {
  name: 'acme/flip',
  title: 'Flip',
  schema: (fields) => flipSchema(fields),
  parse: (raw, parsing) => parsing.parse(flipSchema(parsing), raw),
  create: (config, context) => new Flip(config, context),
  report: ({ metrics }) => ({
    conclusion: `It tells ${Math.round(100 * (metrics['accuracy'] ?? 0))} % of crops from their mirror images.`,
    warnings: [],
    highlights: [{ label: 'Accuracy', value: (metrics['accuracy'] ?? NaN).toFixed(2) }],
  }),
};

class Flip implements Task {
  readonly model: FlipModel;
  readonly #config: FlipConfig;

  constructor(config: FlipConfig, { createEncoder, random }: TaskContext) {
    this.#config = config;
    this.model = new FlipModel(createEncoder(), random('head'));
  }

  get encoder() {
    return this.model.encoder;
  }

  step(): StepFacts {
    const { batchSize, crop, inChannels } = this.#config;
    const [depth, height, width] = this.encoder.geometry.gridShape;
    const flipped = new Float32Array(batchSize);
    const crops = () => tf.zeros<tf.Rank.R5>([batchSize, ...crop, inChannels]);
    return {
      visibleTokens: depth * height * width,
      trained: this.model,
      loss: () => lossOf(this.model.scores(crops()), flipped),
    };
  }

  async train(run: TaskRun): Promise<TrainingResult> {
    const { train, validation } = run.data.split;
    const { accumulate } = this.#config.optimizer;
    const samples = run.data.openSamples({ ids: [...train, ...validation], augmentation: {} });
    const batch = (ids: readonly string[], number: number) =>
      flipBatch(this.#config, samples, ids, number);
    try {
      return await run.fit<FlipBatch>({
        stage: 'flipping',
        load: (step, pass) => batch(train, step * accumulate + pass),
        loss: ({ voxels, shape, flipped }, context) =>
          lossOf(this.model.scores(tf.tensor5d(voxels, shape), context), flipped),
        evaluateEvery: this.#config.every,
        evaluate: async () => {
          let right = 0;
          for (let number = 0; number < WATCHED; number++) {
            right += await this.#accuracy(await batch(validation, -1 - number));
          }
          const accuracy = right / WATCHED;
          return { score: accuracy, metrics: { accuracy } };
        },
      });
    } finally {
      await samples.close();
    }
  }

  async #accuracy({ voxels, shape, flipped }: FlipBatch): Promise<number> {
    const scores = tf.tidy(() => this.model.scores(tf.tensor5d(voxels, shape)));
    const found = await scores.data();
    scores.dispose();
    return found.filter((score, at) => score > 0 === (flipped[at] === 1)).length / found.length;
  }

  outputs(): TaskOutputs {
    return { names: ['score'], of: (crops) => [this.model.scores(crops)], facts: {} };
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Binary cross-entropy of scores; stable for large ones. */
function lossOf(scores: tf.Tensor1D, flipped: Float32Array): tf.Scalar {
  const wanted = tf.tensor1d(flipped);
  const losses = tf.sub(tf.softplus(scores), tf.mul(scores, wanted));
  return tf.mean(losses);
}
