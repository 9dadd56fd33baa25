import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers';

import { createRandom, type Shape3 } from '@voxmim/core';
import { registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nn-conv.py.
import golden from '../../fixtures/conv.json' with { type: 'json' };
import { instanceNorm } from '../instance-norm.js';
import { conv3d } from './conv3d.js';
import { Conv3d, ConvTranspose3d } from './conv-layers.js';
import { convTranspose3d } from './conv-transpose3d.js';

/** Relative to the largest number: sums of hundreds of products in float32. */
const tolerance = 3e-6;

type Shape5 = [number, number, number, number, number];

function wave(shape: number[], phase: number): tf.Tensor5D {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, index) =>
    Math.sin(1.7 * index + phase),
  );
  return tf.tensor5d(values, shape as Shape5);
}

function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / scale;
}

function axes(values: readonly number[] = [1, 1, 1]): Shape3 {
  return [values[0]!, values[1]!, values[2]!];
}

/** The gradients of `op` to its two arguments when the output's gradient is a wave. */
function gradients(
  op: (x: tf.Tensor5D, w: tf.Tensor5D) => tf.Tensor5D,
  x: tf.Tensor5D,
  w: tf.Tensor5D,
  shape: number[],
): [Float32Array, Float32Array] {
  const dy = wave(shape, 0.3);
  const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
    tf.sum(tf.mul(op(a as tf.Tensor5D, b as tf.Tensor5D), dy)),
  )([x, w]);
  return [dx!.dataSync<'float32'>(), dw!.dataSync<'float32'>()];
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(golden.conv3d)('conv3d gives PyTorch numbers and gradients: $name', (item) => {
    const options = {
      strides: axes(item.strides),
      padding: axes(item.padding ?? [0, 0, 0]),
      dilations: axes(item.dilations),
      groups: item.groups ?? 1,
    };
    const x = wave(item.x, 0.1);
    const w = wave(item.w, 0.2);

    const y = conv3d(x, w, options);
    const [dx, dw] = gradients((a, b) => conv3d(a, b, options), x, w, item.shape);

    expect(y.shape).toEqual(item.shape);
    expect(distance(y.dataSync(), item.y)).toBeLessThan(tolerance);
    expect(distance(dx, item.dx)).toBeLessThan(tolerance);
    expect(distance(dw, item.dw)).toBeLessThan(tolerance);
  });

  it.each(golden.convTranspose3d)('convTranspose3d gives PyTorch numbers: kernel $w', (item) => {
    const x = wave(item.x, 0.1);
    const w = wave(item.w, 0.2);

    const y = convTranspose3d(x, w);
    const [dx, dw] = gradients(convTranspose3d, x, w, item.shape);

    expect(y.shape).toEqual(item.shape);
    expect(distance(y.dataSync(), item.y)).toBeLessThan(tolerance);
    expect(distance(dx, item.dx)).toBeLessThan(tolerance);
    expect(distance(dw, item.dw)).toBeLessThan(tolerance);
  });

  it('instanceNorm gives PyTorch numbers and gradient', () => {
    const { x: shape, y, dx } = golden.instanceNorm;
    const x = wave(shape, 0.1);

    const normed = instanceNorm(x);
    const gradient = tf.grad((a: tf.Tensor) =>
      tf.sum(tf.mul(instanceNorm(a as tf.Tensor5D), wave(shape, 0.3))),
    )(x);

    expect(distance(normed.dataSync(), y)).toBeLessThan(tolerance);
    expect(distance(gradient.dataSync(), dx)).toBeLessThan(tolerance);
  });

  it('leaves no tensor behind, forward or backward', () => {
    const x = wave([1, 4, 4, 4, 2], 0);
    const w = wave([2, 1, 3, 3, 3], 0);
    const up = wave([2, 3, 2, 2, 2], 0);
    const before = tf.memory().numTensors;

    const options = { groups: 2, padding: [1, 1, 1], strides: [2, 1, 1] } as const;
    const filtered = conv3d(x, w, options);
    const normed = instanceNorm(filtered);
    const y = convTranspose3d(normed, up);
    const grads = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.square(conv3d(a as tf.Tensor5D, b as tf.Tensor5D, options))),
    )([x, w]);

    expect(tf.memory().numTensors - before).toBe(5);
    tf.dispose([filtered, normed, y, ...grads]);
  });
});

describe('conv3d', () => {
  it.each([{}, { groups: 2 }, { dilations: [2, 1, 1] as const }])(
    'agrees with finite differences: %j',
    async (options) => {
      await tf.setBackend('cpu');
      const x = wave([1, 4, 3, 3, 2], 0.4);
      const w = wave([2, 2 / (options.groups ?? 1), 2, 2, 2], 0.9);
      const loss = (a: tf.Tensor5D, b: tf.Tensor5D) => tf.sum(tf.sin(conv3d(a, b, options)));

      const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        loss(a as tf.Tensor5D, b as tf.Tensor5D),
      )([x, w]);

      const step = 1e-2;
      const bumped = (tensor: tf.Tensor5D, index: number, by: number) => {
        const values = tensor.dataSync().slice();
        values[index]! += by;
        return tf.tensor5d(values, tensor.shape);
      };
      for (const index of [0, 5, 9, 15]) {
        const alongX =
          (loss(bumped(x, index, step), w).dataSync()[0]! -
            loss(bumped(x, index, -step), w).dataSync()[0]!) /
          (2 * step);
        expect(dx!.dataSync()[index]).toBeCloseTo(alongX, 2);
        if (index >= w.size) continue;
        const alongW =
          (loss(x, bumped(w, index, step)).dataSync()[0]! -
            loss(x, bumped(w, index, -step)).dataSync()[0]!) /
          (2 * step);
        expect(dw!.dataSync()[index]).toBeCloseTo(alongW, 2);
      }
    },
  );

  it('refuses channels that do not fit, with both shapes', () => {
    expect(() => conv3d(wave([1, 3, 3, 3, 2], 0), wave([1, 3, 1, 1, 1], 0))).toThrow(
      'weight [1, 3, 1, 1, 1] in 1 groups does not fit an input of [1, 3, 3, 3, 2]',
    );
  });

  it('refuses a kernel larger than the padded input', () => {
    expect(() => conv3d(wave([1, 2, 3, 3, 1], 0), wave([1, 1, 3, 3, 3], 0))).toThrow(
      '[SHAPE_MISMATCH]',
    );
  });

  it('runs a kernel that the backend has, with its attributes', async () => {
    await tf.setBackend('cpu');
    const calls: unknown[] = [];
    const x = wave([1, 2, 2, 2, 1], 0);
    tf.registerKernel({
      kernelName: 'VoxmimConv3d',
      backendName: 'cpu',
      kernelFunc: (call) => {
        calls.push(call.attrs);
        return tf.clone(x);
      },
    });

    conv3d(x, wave([1, 1, 3, 3, 3], 0), { padding: [1, 1, 1] });
    tf.unregisterKernel('VoxmimConv3d', 'cpu');

    expect(calls[0]).toEqual({
      strides: [1, 1, 1],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      dilations: [1, 1, 1],
      groups: 1,
    });
  });
});

describe('the layers', () => {
  it('hold PyTorch shapes, and biases only where asked', () => {
    const random = createRandom(1);
    const conv = new Conv3d(4, 6, [3, 2, 1], { random, groups: 2, bias: false });
    const up = new ConvTranspose3d(4, 6, [1, 2, 2], { random });

    const shapes = [conv, up].map((layer) =>
      [...layer.namedParameters()].map(([name, { shape }]) => [name, shape]),
    );

    expect(shapes).toEqual([
      [['weight', [6, 2, 3, 2, 1]]],
      [
        ['weight', [4, 6, 1, 2, 2]],
        ['bias', [6]],
      ],
    ]);
    conv.dispose();
    up.dispose();
  });

  it('start within PyTorch bounds of the fan-in', () => {
    const layer = new ConvTranspose3d(2, 8, [2, 2, 2], { random: createRandom(1) });

    const limit = 1 / Math.sqrt(8 * 8);
    const [weight, bias] = [layer.weight, layer.bias!].map((v) => tf.max(tf.abs(v)).dataSync()[0]!);

    expect(weight).toBeLessThanOrEqual(limit);
    expect(weight).toBeGreaterThan(limit * 0.9);
    expect(bias).toBeLessThanOrEqual(limit);
    layer.dispose();
  });
});
