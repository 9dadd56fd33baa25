import '@tensorflow/tfjs-backend-cpu';

import { affineOf, createRandom, type MaskedObjective } from '@voxmim/core';
import { randomMasking, sampleMask } from '@voxmim/masking';
import { toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import type { PretrainBatch } from '../data/pretrain-batches.js';
import { createRegistries } from '../registries.js';
import { resolvePretrain } from '../config/resolve-config.js';
import { PretrainValidation } from './validate-pretraining.js';

const crop = [4, 8, 12] as const;
const patchSize = [2, 4, 4] as const;
const random = createRandom(1);

/** Crops of a ramp along the width, so that interpolation beats the mean. */
function fixed(_ids: readonly string[], from: number, count: number): Promise<PretrainBatch> {
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

/** Shows every volume as it is, plus an error. */
function objective(error: number): MaskedObjective {
  return {
    ...{ kind: 'masked', name: 'oracle' },
    loss: () => tf.scalar(error),
    reconstruct: (volumes) => ({ prediction: volumes, volumes: tf.add(volumes, error) }),
    namedParameters: () => new Map(),
    dispose: () => undefined,
  };
}

async function validation(error: number, { blind = false, warn = (_text: string) => {} } = {}) {
  const input = { data: { path: 'x' }, steps: 1, batchSize: 3, validation: { crops: 5 } };
  const config = await resolvePretrain(input, { registries: createRegistries() });
  const options = { inputShape: crop, inChannels: 1, patchSize, embedDim: 4, random, blind };
  return new PretrainValidation({
    ...{ config, encoder: toyEncoder(options), objective: objective(error) },
    ...{ batches: { fixed }, ids: ['a'], warn },
  });
}

it('measures the hidden error beside both trivial ones, and leaves no tensor behind', async () => {
  const watch = await validation(0.125);
  const { score, metrics } = await watch.measure();
  const before = tf.memory().numTensors;
  expect(await watch.measure()).toEqual({ score, metrics });
  expect(tf.memory().numTensors).toBe(before);
  expect(score).toBe(-0.125);
  expect(metrics['hiddenError/model']).toBeCloseTo(0.125, 5);
  expect(metrics['hiddenError/inpainting']).toBeGreaterThan(0);
  expect(metrics['hiddenError/inpainting']).toBeLessThan(metrics['hiddenError/visibleMean']!);
});

it('warns once where features collapse, and not where they do not', async () => {
  const told: string[] = [];
  const warn = (text: string) => void told.push(text);
  await (await validation(0, { warn })).measure();
  const sound = told.length;
  const watch = await validation(0, { warn, blind: true });
  await watch.measure();
  await watch.measure();
  expect([sound, told.length]).toEqual([0, 1]);
  expect(told[0]).toContain('effectiveRank');
});
