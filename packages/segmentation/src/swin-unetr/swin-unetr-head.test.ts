import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type FeatureLevel, type HeadContext, type Shape3 } from '@voxmim/core';
import { noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/segmentation-heads.py.
import golden from '../../fixtures/heads.json' with { type: 'json' };
import { SwinUnetrConfig, SwinUnetrHead } from './swin-unetr-head.js';

function context(strides: readonly Shape3[], more: Partial<HeadContext> = {}): HeadContext {
  const levels = strides.map((stride, index): FeatureLevel => ({ channels: 2 + index, stride }));
  const random = createRandom(2);
  return { levels, inputShape: [4, 8, 16], inChannels: 1, numClasses: 3, random, ...more };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it("has as many decoder parameters as MONAI's Swin UNETR of 48 features", () => {
  const levels = [0, 1, 2, 3, 4].map((level): FeatureLevel => {
    const size = 2 ** (level + 1);
    return { channels: 48 * 2 ** level, stride: [size, size, size] };
  });
  const head = new SwinUnetrHead(
    SwinUnetrConfig.parse({}),
    context([], { levels, inputShape: [32, 32, 32], numClasses: 14 }),
  );

  const count = [...head.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);

  expect(count).toBe(golden.swinUnetr.count);
  head.dispose();
});

it('goes up level by level along uneven strides, and scores what it is told to in training', () => {
  const strides: Shape3[] = [[1, 2, 2], [2, 2, 4], [2, 4, 8], [4, 8, 8]]; // prettier-ignore
  const given = context(strides);
  const head = new SwinUnetrHead(
    SwinUnetrConfig.parse({ featureSize: 2, deepSupervision: true }),
    given,
  );
  const volumes = noise<tf.Rank.R5>([1, 4, 8, 16, 1]);
  const pyramid = strides.map(([d, h, w], index) =>
    noise<tf.Rank.R5>([1, 4 / d, 8 / h, 16 / w, 2 + index], index),
  );
  const training = { training: true, random: createRandom(1) };

  const shapes = (all: tf.Tensor[]) => all.map(({ shape }) => shape.slice(1));

  expect(shapes(head.logits(volumes, pyramid))).toEqual([[4, 8, 16, 3]]);
  expect(shapes(head.logits(volumes, pyramid, training))).toEqual([
    [4, 8, 16, 3],
    [4, 4, 8, 3],
    [2, 4, 4, 3],
  ]);
});

it.each<[string, Shape3[], string]>([
  ['one stride throughout', [[4, 4, 4], [4, 4, 4]], 'level of stride [4, 4, 4] after one of [4, 4, 4]'], // prettier-ignore
  ['broken factors', [[2, 2, 2], [2, 3, 4]], 'level of stride [2, 3, 4] after one of [2, 2, 2]'], // prettier-ignore
  ['no levels', [], 'has no feature levels'],
])('refuses %s', (_, strides, message) => {
  expect(() => new SwinUnetrHead(SwinUnetrConfig.parse({}), context(strides))).toThrow(message);
});
