import '@tensorflow/tfjs-backend-cpu';

import {
  affineOf,
  createRandom,
  type ContrastiveObjective,
  type Encoder,
  type MaskedObjective,
} from '@voxmim/core';
import {
  SwinConfig,
  SwinEncoder,
  VanConfig,
  VanEncoder,
  VitConfig,
  VitEncoder,
} from '@voxmim/encoders';
import { hiddenVoxels, randomMasking, sampleMask } from '@voxmim/masking';
import { SimclrConfig, SimclrObjective } from '@voxmim/objectives';
import { toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../batches/masked-batches.js';
import type { CropBatch } from '../batches/pretrain-batches.js';
import type { ViewBatch } from '../batches/view-batches.js';
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

const lossOf = (loss: MaskedObjective['loss']): MaskedObjective => ({ ...oracle(0), loss });

function toy(blind = false): Encoder {
  return toyEncoder({ ...context, patchSize, embedDim: 4, blind });
}

function masked(objective = oracle(0.125), encoder = toy()): Learning<MaskedBatch> {
  const size = crop[0] * crop[1] * crop[2];
  // Ramps, as the crops are, shifted: their median is the one in the middle, off by a quarter.
  const trainingCrops = () => Promise.resolve([0, 1, 0.25].map((shift) => rampCrop(size, shift)));
  const batches = { fixed: maskedCrops, load: unused };
  return new MaskedLearning({ batches, objective, encoder, trainingCrops });
}

function rampCrop(size: number, shift = 0): Float32Array {
  return Float32Array.from({ length: size }, (_, at) => (at % crop[2]) / 12 + shift);
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
  const { score, metrics } = await watch.measure(1);
  const before = tf.memory().numTensors;
  expect(await watch.measure(1)).toEqual({ score, metrics });
  expect(tf.memory().numTensors).toBe(before);
  expect(score).toBe(-0.125);
  expect(metrics['hiddenError/model']).toBeCloseTo(0.125, 5);
  expect(metrics['hiddenError/inpainting']).toBeGreaterThan(0);
  expect(metrics['hiddenError/inpainting']).toBeLessThan(metrics['hiddenError/visibleMean']!);
  expect(metrics['hiddenError/atlas']).toBeCloseTo(0.25, 5);
});

it('measures what is predicted where that is no intensity, in its own units', async () => {
  const { metrics } = await validation(masked(meanOracle(0.125))).watch.measure(1);
  expect(metrics['hiddenError/model']).toBeCloseTo(0.125, 5);
  expect(metrics['hiddenError/atlas']).toBeCloseTo(0.25, 5);
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
      }).measure(1);
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
    const { metrics } = await watch.measure(1);
    const before = tf.memory().numTensors;
    expect(await watch.measure(1)).toMatchObject({ metrics });
    expect(tf.memory().numTensors).toBe(before);
    expect(metrics['top1/model']).toBe(1);
    expect(metrics['top1/chance']).toBeCloseTo(1 / 5, 6);
    expect(metrics['similarity/sameCase']).toBeGreaterThan(metrics['similarity/otherCase']!);
    expect(metrics['embeddingSpread']).toBeGreaterThan(0.05);
    expect(told).toEqual([]);
  });
});

describe('the ablation of places', () => {
  const vit = () =>
    new VitEncoder(
      VitConfig.parse({ patchSize, embedDim: 4, depth: 1, numHeads: 1, classToken: true }),
      context,
    );

  it('notices no exchange where only the visible intensities count, and says so once and at the end', async () => {
    const bag = lossOf((volumes, { hidden }) => {
      const visible = tf.tensor1d(hiddenVoxelsOf(hidden).map((flag) => 1 - flag));
      return tf.tidy(() => tf.sum(tf.mul(tf.square(tf.reshape(volumes, [-1])), visible)));
    });
    const { watch, told } = validation(masked(bag));
    await watch.measure(0);
    expect(told).toEqual([]);
    const { metrics } = await watch.measure(1);
    await watch.measure(2);
    watch.conclude();
    expect(metrics['ablation/shuffledTokens']).toBeCloseTo(0, 5);
    expect(told).toEqual([
      expect.stringMatching(/^Step 1: the loss is the same when visible tokens change places/),
      expect.stringMatching(/^At the end, too, /),
    ]);
  });

  it('notices it where places count, leaves hidden voxels alone, and says from when on', async () => {
    let bag = true;
    // Knows the ramp, hence what belongs where.
    const places = lossOf((volumes) =>
      tf.tidy(() => {
        const ramp = tf.tensor1d(Array.from(rampCrop(volumes.size)));
        const error = tf.mean(tf.square(tf.sub(tf.reshape(volumes, [-1]), ramp)));
        return tf.add(bag ? 0 : error, 0.01);
      }),
    );
    const { watch, told } = validation(masked(places));
    await watch.measure(1);
    bag = false;
    const { metrics } = await watch.measure(2);
    watch.conclude();
    expect(metrics['ablation/shuffledTokens']).toBeGreaterThan(0.1);
    expect(told.at(-1)).toBe('Step 2: the model now uses where visible tokens lie.');
  });

  it('averages the positions of the grid, not that of the class token, and puts them back', async () => {
    const encoder = vit();
    const before = [...(await encoder.posEmbed.data())];
    const gridMean = before.reduce((sum, v, at) => sum + (at > 3 && at % 4 === 0 ? v / 12 : 0), 0);
    const seen: number[][] = [];
    const spy = lossOf(() => {
      seen.push([...encoder.posEmbed.dataSync()]);
      return tf.scalar(1);
    });
    const { watch } = validation(masked(spy, encoder), encoder);
    const { metrics } = await watch.measure(1);
    expect(metrics['ablation/averagedPositions']).toBe(0);
    expect([...(await encoder.posEmbed.data())]).toEqual(before);
    const rows = seen.filter((values) => values[4] !== before[4]);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]!.slice(0, 4)).toEqual(before.slice(0, 4));
    expect(rows[0]!.slice(4, 8)).toEqual(rows[0]!.slice(8, 12));
    expect(rows[0]![4]).toBeCloseTo(gridMean, 6);
  });

  it('is left out where an encoder has no positions', async () => {
    const encoder = swin();
    const { metrics } = await validation(masked(oracle(1), encoder), encoder).watch.measure(1);
    expect(metrics).not.toHaveProperty('ablation/averagedPositions');
  });
});

it('warns once of levels that have outgrown a head, and logs the size of each', async () => {
  const encoder = new VitEncoder(
    VitConfig.parse({ patchSize, embedDim: 4, depth: 1, numHeads: 1, levelBlocks: [1] }),
    context,
  );
  const { watch, told } = validation(masked(oracle(1), encoder), encoder);
  expect(Object.keys((await watch.measure(1)).metrics)).toEqual(
    expect.arrayContaining(['levelRms/1', 'levelRms/2']),
  );
  const calm = told.length;
  encoder.posEmbed.assign(tf.mul(encoder.posEmbed, 1000));
  const { metrics } = await watch.measure(2);
  await watch.measure(3);
  expect(metrics['levelRms/1']).toBeGreaterThan(5);
  expect(metrics['levelRms/2']).toBeLessThan(5);
  expect(told.slice(calm)).toEqual([expect.stringContaining('have grown to')]);
});

describe('the warning of a collapse', () => {
  it('comes once where features collapse, and not where they do not', async () => {
    const sound = validation(masked());
    await sound.watch.measure(0);
    const blind = toy(true);
    const { watch, told } = validation(masked(), blind);
    await watch.measure(0);
    await watch.measure(0);
    expect([sound.told.length, told.length]).toEqual([0, 1]);
    expect(told[0]).toContain('effectiveRank');
  });

  it('comes where embeddings are all one though features are not', async () => {
    const objective = simclr();
    const { weight, bias } = objective.projection.layers.at(-1)!;
    weight.assign(tf.zerosLike(weight));
    bias!.assign(tf.onesLike(bias!));
    const { watch, told } = validation(contrastive(objective));
    const { metrics } = await watch.measure(1);
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
      await sound.watch.measure(1);
      for (const [name, variable] of encoder.namedParameters())
        if (name.startsWith('patch_embed')) variable.assign(tf.zerosLike(variable));
      const { watch, told } = validation(contrastive(simclr(encoder)), encoder);
      await watch.measure(1);
      expect([sound.told.length, told.length]).toEqual([0, 1]);
    },
  );
});

/** The flag of each voxel of a batch, one after the other. */
function hiddenVoxelsOf(hidden: Uint8Array): number[] {
  const crops = Array.from({ length: hidden.length / 12 }, (_, index) =>
    hidden.subarray(index * 12, (index + 1) * 12),
  );
  return crops.flatMap((flags) => [...hiddenVoxels(flags, [2, 2, 3], patchSize)]);
}

function swin(): Encoder {
  const sizes = { patchSize, embedDim: 6, depths: [1], numHeads: [1], windowSize: [2, 2, 3] };
  return new SwinEncoder(SwinConfig.parse({ ...sizes, mlpRatio: 1 }), context);
}

function van(): Encoder {
  const sizes = { patchSize, embedDims: [6], depths: [1], mlpRatios: [1] };
  return new VanEncoder(VanConfig.parse(sizes), context);
}
