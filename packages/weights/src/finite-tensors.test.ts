import '@tensorflow/tfjs-backend-cpu';

import { isVoxmimError, type ParameterOwner } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { loadWeights, transferWeights } from './index.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A model of two weights that begins with ones. */
function twoWeights(): ParameterOwner {
  const variables = new Map(
    ['encoder.a', 'encoder.b'].map((name) => [name, tf.variable(tf.ones([2]))] as const),
  );
  const dispose = () => [...variables.values()].forEach((variable) => variable.dispose());
  return { namedParameters: () => variables, dispose };
}

const stored = (...last: number[]) =>
  new Map([
    ['encoder.a', { shape: [2], values: Float32Array.of(3, 4) }],
    ['encoder.b', { shape: [2], values: Float32Array.from(last) }],
  ]);

const loading = [
  ['loaded', (target: ParameterOwner, bad: number) => loadWeights(target, stored(5, bad), 'w.pt')],
  [
    'transferred',
    (target: ParameterOwner, bad: number) =>
      transferWeights(stored(5, bad), target, { path: 'w.pt' }),
  ],
] as const;

describe.each(loading)('weights that are %s', (_, load) => {
  it.each([NaN, Infinity, -Infinity])('must not hold %s', async (bad) => {
    const target = twoWeights();
    let error: unknown;
    try {
      load(target, bad);
    } catch (thrown) {
      error = thrown;
    }
    expect(isVoxmimError(error, 'INVALID_FILE') && error.message).toContain(
      `w.pt: tensor "encoder.b" holds ${bad} at element 1`,
    );
    for (const [, variable] of target.namedParameters()) {
      expect([...(await variable.data())]).toEqual([1, 1]);
    }
    target.dispose();
  });
});
