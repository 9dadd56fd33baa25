import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';

import { createRandom, type HeadContext } from '@voxmim/core';
import { expectClose, expectNoLeak, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { LightConfig, LightHead } from './light-head.js';

const context: HeadContext = {
  levels: [
    { channels: 2, stride: [2, 2, 2] },
    { channels: 3, stride: [2, 4, 4] },
  ],
  inputShape: [4, 4, 8],
  inChannels: 1,
  numClasses: 2,
  random: createRandom(1),
};
const volumes = () => noise<tf.Rank.R5>([1, 4, 4, 8, 1]);
const pyramid = () => [noise<tf.Rank.R5>([1, 2, 2, 4, 2]), noise<tf.Rank.R5>([1, 2, 1, 2, 3], 1)];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('scores the deepest level, linearly between its cells', async () => {
  const head = new LightHead(LightConfig.parse({}), context);
  const levels = pyramid();

  const [logits] = head.logits(volumes(), levels);

  const [proj] = head.proj;
  const cells = proj!.call(levels[1]!);
  expect(logits.shape).toEqual([1, 4, 4, 8, 2]);
  expect([...head.namedParameters().keys()]).toEqual(['proj.0.weight', 'proj.0.bias']);
  // Voxels before the centre of the first cell take its value.
  const corner = tf.slice(logits, [0, 0, 0, 0, 0], [1, 1, 1, 1, 2]);
  await expectClose(corner, tf.slice(cells, [0, 0, 0, 0, 0], [1, 1, 1, 1, 2]));
});

it('adds up the scores of all levels where asked, each with a gradient', () => {
  const head = new LightHead(LightConfig.parse({ levels: 'all' }), context);
  const levels = pyramid();

  const { grads } = tf.variableGrads(
    () => tf.sum(tf.square(head.logits(volumes(), levels)[0])),
    [...head.namedParameters().values()],
  );

  expect([...head.namedParameters().keys()]).toHaveLength(4);
  for (const gradient of Object.values(grads))
    expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
});

it('looks past the scale of a cell’s features where asked to normalize', async () => {
  const head = new LightHead(LightConfig.parse({ normalize: true }), context);
  const [shallow, deep] = pyramid();
  const scaled = tf.add<tf.Tensor5D>(tf.mul(deep!, 50), 7);

  const [plain] = head.logits(volumes(), [shallow!, deep!]);
  const [other] = head.logits(volumes(), [shallow!, scaled]);

  await expectClose(other, plain, { absolute: 1e-4 });
});

it('refuses a pyramid of another length', () => {
  const head = new LightHead(LightConfig.parse({ levels: 'all' }), context);

  expect(() => head.logits(volumes(), pyramid().slice(1))).toThrow(
    'built for 2 feature levels but got 1',
  );
});

it('leaves nothing behind', () => {
  const head = new LightHead(LightConfig.parse({ levels: 'all' }), context);
  const levels = pyramid();
  const input = volumes();

  expectNoLeak(() => head.logits(input, levels));
});
