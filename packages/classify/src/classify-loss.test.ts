import '@tensorflow/tfjs-backend-cpu';

import * as tf from '@tensorflow/tfjs-core';

import golden from '../fixtures/losses.json' with { type: 'json' };
import { classifyLoss, classWeightsOf } from './classify-loss.js';
import { ClassifyLossConfig } from './config.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const facts = { classWeights: golden.classWeights, center: 0, scale: 1 };
const lossOf = async (scores: number[][], targets: number[], config: object, more = {}) => {
  const loss = classifyLoss(tf.tensor2d(scores), targets, ClassifyLossConfig.parse(config), {
    ...facts,
    ...more,
  });
  return (await loss.data())[0];
};

it.each(golden.crossEntropy)(
  'is the weighted cross-entropy of PyTorch, smoothing $smoothing',
  async ({ smoothing, loss }) => {
    const config = { name: 'crossEntropy', smoothing };
    expect(await lossOf(golden.scores, golden.targets, config)).toBeCloseTo(loss, 5);
  },
);

it.each(golden.regression)('is the $name loss of PyTorch', async ({ name, loss }) => {
  const scores = golden.values.map((value) => [value]);
  const config = name === 'huber' ? { name, delta: golden.delta } : { name };
  expect(await lossOf(scores, golden.wanted, config)).toBeCloseTo(loss, 5);
});

it('learns values in units of their deviation', async () => {
  expect(await lossOf([[1]], [14], { name: 'l1' }, { center: 10, scale: 4 })).toBe(0);
});

it('weighs classes so that each counts as much', () => {
  expect(classWeightsOf([0, 0, 0, 1], 2, true)).toEqual([2 / 3, 2]);
  expect(classWeightsOf([0, 0, 0, 1], 2, false)).toEqual([1, 1]);
});
