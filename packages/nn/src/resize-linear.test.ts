import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers';

import { registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nn-conv.py.
import golden from '../fixtures/conv.json' with { type: 'json' };
import { resizeLinear } from './resize-linear.js';

function wave(shape: readonly number[], phase: number): tf.Tensor5D {
  const [b, d, h, w, c] = shape;
  const values = Float32Array.from({ length: b! * d! * h! * w! * c! }, (_, index) =>
    Math.sin(1.7 * index + phase),
  );
  return tf.tensor5d(values, [b!, d!, h!, w!, c!]);
}

function largestError(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
}

describe.each(registeredBackends())('resizeLinear on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(golden.resizeLinear)('gives PyTorch numbers: $x to $shape, $alignCorners', (item) => {
    const [, d, h, w] = item.shape;
    const resize = (x: tf.Tensor) => resizeLinear(x as tf.Tensor5D, [d!, h!, w!], item);
    const x = wave(item.x, 0.1);

    const y = resize(x);
    const dx = tf.grad((a: tf.Tensor) => tf.sum(tf.mul(resize(a), wave(item.shape, 0.3))))(x);

    expect(y.shape).toEqual(item.shape);
    expect(largestError(y.dataSync(), item.y)).toBeLessThan(2e-6);
    expect(largestError(dx.dataSync(), item.dx)).toBeLessThan(5e-6);
  });

  it('leaves only its result behind', () => {
    const x = wave([1, 2, 2, 2, 1], 0);
    const before = tf.memory().numTensors;

    const results = [resizeLinear(x, [3, 2, 4]), resizeLinear(x, [2, 2, 2])];

    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([x, ...results]);
  });
});
