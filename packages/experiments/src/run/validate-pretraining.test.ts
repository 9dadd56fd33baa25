import '@tensorflow/tfjs-backend-cpu';

import {
  affineOf,
  createRandom,
  type ContrastiveObjective,
  type Encoder,
  type MaskedObjective,
} from '@voxmim/core';
import { SwinConfig, SwinEncoder, VanConfig, VanEncoder } from '@voxmim/encoders';
import { randomMasking, sampleMask } from '@voxmim/masking';
import { SimclrConfig, SimclrObjective } from '@voxmim/objectives';
import { toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../data/masked-batches.js';
import type { CropBatch } from '../data/pretrain-batches.js';
import type { ViewBatch } from '../data/view-batches.js';
import { ContrastiveLearning } from './contrastive-learning.js';
import type { Learning } from './learning.js';
import { MaskedLearning } from './masked-learning.js';
import { PretrainValidation } from './validate-pretraining.js';

const crop = [4, 8, 12] as const;
const patchSize = [2, 4, 4] as const;
const random = createRandom(1);
const context = { inputShape: crop, inChannels: 1, random };
const config = { batchSize: 3, validation: { every: 1, crops: 5 } };

/** Crops of a ramp along the width, so that interpolation beats the mean. */
function maskedCrops(_ids: readonly string[], from: number, count: number): Promise<MaskedBatch> {
  const size = crop[0] * crop[1] * crop[2];
  const contexts = Array.from({ length: count }, (_, index) => ({
    ...{ gridShape: [2, 2, 3] as const, patchSize, progress: 1 },
    random: createRandom(from + index),
    voxels: new Float32Array(size),
  }));
  return Promise.resolve({
    sampleIds: contexts.map((_, index) => String(index)),
    shape: [count, ...crop, 1],
    voxels: Float32Array.from({ length: count * size }, (_, at) => (at % crop[2]) / 12),
    mask: sampleMask(randomMasking({ maskRatio: 0.5 }), contexts),
    affines: contexts.map(() => affineOf([1, 1, 1])),
  });
}

/** Views that are noise of their case, with a little of their own. */
function views(ids: readonly string[], from: number, count: number): Promise<ViewBatch> {
  const size = crop[0] * crop[1] * crop[2];
  const sampleIds = Array.from({ length: count }, (_, index) => ids[(from + index) % ids.length]!);
  const view = (name: string) =>
    Float32Array.from(
      sampleIds.flatMap((id) => {
        const [shared, own] = [createRandom(1, id), createRandom(1, id, name)];
        return Array.from({ length: size }, () => shared.normal() + 0.01 * own.normal());
      }),
    );
  return Promise.resolve({
    ...{ sampleIds, shape: [count, ...crop, 1], voxels: view('one'), otherVoxels: view('other') },
    affines: sampleIds.map(() => affineOf([1, 1, 1])),
  });
}

const unused = () => Promise.reject(new Error('validation loads no training batch'));

/** Shows every volume as it is, plus an error. */
function oracle(error: number): MaskedObjective {
  return {
    ...{ kind: 'masked', name: 'oracle' },
    loss: () => tf.scalar(error),
    reconstruct: (volumes) => ({
      prediction: volumes,
      volumes: tf.add<tf.Tensor5D>(volumes, error),
    }),
    namedParameters: () => new Map(),
    dispose: () => undefined,
  };
}

/** Predicts the mean of each token, of a volume whose intensities rise along width, off by `error`. */
function meanOracle(error: number): MaskedObjective {
  const target = (volumes: tf.Tensor5D) =>
    tf.tidy(() => tf.avgPool3d(volumes, [...patchSize], [...patchSize], 'valid'));
  const reconstruct = (volumes: tf.Tensor5D) => ({
    prediction: tf.tidy(() => tf.add<tf.Tensor5D>(target(volumes), error)),
    volumes: null,
  });
  return { ...oracle(error), target, reconstruct };
}

function toy(blind = false): Encoder {
  return toyEncoder({ ...context, patchSize, embedDim: 4, blind });
}

function masked(objective = oracle(0.125)): Learning<MaskedBatch> {
  return new MaskedLearning({ fixed: maskedCrops, load: unused }, objective);
}

function contrastive(objective: ContrastiveObjective): Learning<ViewBatch> {
  return new ContrastiveLearning({ fixed: views, load: unused }, objective);
}

function simclr(encoder = toy()): SimclrObjective {
  return new SimclrObjective(encoder, SimclrConfig.parse({ projectionDim: 8 }), random);
}

function validation<Batch extends CropBatch>(learning: Learning<Batch>, encoder = toy()) {
  const told: string[] = [];
  const ids = ['a', 'b', 'c', 'd'];
  const warn = (text: string) => void told.push(text);
  return { told, watch: new PretrainValidation({ config, encoder, learning, ids, warn }) };
}

it('measures the hidden error beside both trivial ones, and leaves no tensor behind', async () => {
  const { watch } = validation(masked());
  const { score, metrics } = await watch.measure();
  const before = tf.memory().numTensors;
  expect(await watch.measure()).toEqual({ score, metrics });
  expect(tf.memory().numTensors).toBe(before);
  expect(score).toBe(-0.125);
  expect(metrics['hiddenError/model']).toBeCloseTo(0.125, 5);
  expect(metrics['hiddenError/inpainting']).toBeGreaterThan(0);
  expect(metrics['hiddenError/inpainting']).toBeLessThan(metrics['hiddenError/visibleMean']!);
});

it('measures what is predicted where that is no intensity, in its own units', async () => {
  const { metrics } = await validation(masked(meanOracle(0.125))).watch.measure();
  expect(metrics['hiddenError/model']).toBeCloseTo(0.125, 5);
  // Means of tokens rise along width, as intensities do.
  expect(metrics['hiddenError/inpainting']).toBeLessThan(metrics['hiddenError/visibleMean']!);
});

describe('contrastive validation', () => {
  it('compares different cases only, in batches of one size, however few there are', async () => {
    const seen: string[][] = [];
    const learning: Learning<ViewBatch> = {
      ...{ comparesCases: true, loss: () => tf.scalar(0) },
      measure: ({ sampleIds }) => {
        seen.push([...sampleIds]);
        return Promise.resolve({ metrics: {} });
      },
      batches: { fixed: views, load: unused },
    };
    const measure = (batchSize: number) =>
      new PretrainValidation({
        ...{ config: { ...config, batchSize }, encoder: toy(), learning, warn: () => undefined },
        ids: ['a', 'b', 'c', 'd'],
      }).measure();
    await measure(3);
    await measure(16);
    expect(seen).toEqual([
      ['a', 'b', 'c'],
      ['d', 'a', 'b'],
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('finds partners that are alike, and leaves no tensor behind', async () => {
    const { watch, told } = validation(contrastive(simclr()));
    const { metrics } = await watch.measure();
    const before = tf.memory().numTensors;
    expect(await watch.measure()).toMatchObject({ metrics });
    expect(tf.memory().numTensors).toBe(before);
    expect(metrics['top1/model']).toBe(1);
    expect(metrics['top1/chance']).toBeCloseTo(1 / 5, 6);
    expect(metrics['similarity/sameCase']).toBeGreaterThan(metrics['similarity/otherCase']!);
    expect(metrics['embeddingSpread']).toBeGreaterThan(0.05);
    expect(told).toEqual([]);
  });
});

describe('the warning of a collapse', () => {
  it('comes once where features collapse, and not where they do not', async () => {
    const sound = validation(masked());
    await sound.watch.measure();
    const blind = toy(true);
    const { watch, told } = validation(masked(), blind);
    await watch.measure();
    await watch.measure();
    expect([sound.told.length, told.length]).toEqual([0, 1]);
    expect(told[0]).toContain('effectiveRank');
  });

  it('comes where embeddings are all one though features are not', async () => {
    const objective = simclr();
    const { weight, bias } = objective.projection.layers.at(-1)!;
    weight.assign(tf.zerosLike(weight));
    bias!.assign(tf.onesLike(bias!));
    const { watch, told } = validation(contrastive(objective));
    const { metrics } = await watch.measure();
    expect(metrics['top1/model']).toBe(0);
    expect(told).toEqual([expect.stringContaining('embeddingSpread is 0.00')]);
  });

  it.each([
    ['Swin', swin],
    ['VAN', van],
  ])(
    'tells a %s whose features do not depend on the volume from one whose do',
    async (_, create) => {
      const encoder = create();
      const sound = validation(contrastive(simclr(encoder)), encoder);
      await sound.watch.measure();
      for (const [name, variable] of encoder.namedParameters())
        if (name.startsWith('patch_embed')) variable.assign(tf.zerosLike(variable));
      const { watch, told } = validation(contrastive(simclr(encoder)), encoder);
      await watch.measure();
      expect([sound.told.length, told.length]).toEqual([0, 1]);
    },
  );
});

function swin(): Encoder {
  const sizes = { patchSize, embedDim: 6, depths: [1], numHeads: [1], windowSize: [2, 2, 3] };
  return new SwinEncoder(SwinConfig.parse({ ...sizes, mlpRatio: 1 }), context);
}

function van(): Encoder {
  const sizes = { patchSize, embedDims: [6], depths: [1], mlpRatios: [1] };
  return new VanEncoder(VanConfig.parse(sizes), context);
}
