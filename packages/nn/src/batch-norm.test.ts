import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom } from '@voxmim/core';
import { expectClose, expectNoLeak, registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nn-conv.py.
import golden from '../fixtures/conv.json' with { type: 'json' };
import { BatchNorm } from './batch-norm.js';

const { x: shape, training, inference, mean, var: variance } = golden.batchNorm;
const context = { training: true, random: createRandom(1) };

function wave<R extends tf.Rank>(of: number[], phase: number): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(of);
  const values = Float32Array.from({ length: size }, (_, index) => Math.sin(1.7 * index + phase));
  return tf.tensor(values, of as tf.ShapeMap[R]);
}

/** The layer of the fixture, after its first training pass. */
function create(): BatchNorm {
  const norm = new BatchNorm(3);
  norm.weight.assign(tf.add(1, tf.mul(wave<tf.Rank.R1>([3], 0.4), 0.3)));
  norm.bias.assign(tf.mul(wave<tf.Rank.R1>([3], 0.5), 0.3));
  norm.call(wave(shape, 0.2), context);
  return norm;
}

describe.each(registeredBackends())('BatchNorm on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each([
    { mode: 'training', expected: training },
    { mode: 'inference', expected: inference },
  ])('gives PyTorch numbers and gradients in $mode', async ({ mode, expected }) => {
    const norm = create();
    const x = tf.variable(wave<tf.Rank.R5>(shape, 0.1));
    if (mode === 'inference') norm.call(x, context);
    const call = () => norm.call(x, mode === 'training' ? context : undefined);

    const { grads } = tf.variableGrads(
      () => tf.sum<tf.Scalar>(tf.mul(call(), wave(shape, 0.3))),
      [x, norm.weight, norm.bias],
    );

    await expectClose(call(), expected.y);
    await expectClose(grads[x.name]!, expected.dx);
    await expectClose(grads[norm.weight.name]!, expected.dw);
    await expectClose(grads[norm.bias.name]!, expected.db);
  });

  it('moves its running statistics as PyTorch does, in training only', async () => {
    const norm = create();
    norm.call(wave(shape, 0.1), context);
    norm.call(wave(shape, 0.9));
    await expectClose(norm.runningMean, mean);
    await expectClose(norm.runningVar, variance);
  });

  it('leaves no tensors behind', () => {
    const norm = create();
    const x = wave<tf.Rank.R5>(shape, 0.1);
    expectNoLeak(() => [norm.call(x, context), norm.call(x)]);
    expect([...norm.namedParameters().keys()]).toEqual(['weight', 'bias']);
    expect([...norm.namedBuffers().keys()]).toEqual(['running_mean', 'running_var']);
  });
});
