import '@tensorflow/tfjs-backend-cpu';
import { withWeightBudget } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { parameter } from './parameter.js';

const layers = (count: number, size: number) => () =>
  Array.from({ length: count }, () => parameter(() => tf.zeros([size])));

it('stops a model whose small weights add up to too many', () => {
  expect(withWeightBudget(100, layers(10, 10))).toHaveLength(10);
  expect(() => withWeightBudget(100, layers(11, 10))).toThrow(/more memory.*INVALID_CONFIG/s);
  expect(() => withWeightBudget(1e9, layers(20_000, 1))).toThrow(/16384 weights.*INVALID_CONFIG/s);
});

it('holds the narrowest of several budgets, and none once a model is built', () => {
  expect(() => withWeightBudget(10, () => withWeightBudget(1000, layers(2, 10)))).toThrow('memory');
  expect(layers(2, 10)()).toHaveLength(2);
});
