import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { statistics } from '../index.js';

function numbers(shape: number[], seed: number): tf.Tensor {
  let state = seed;
  const data = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  });
  return tf.tensor(data, shape);
}

type Network = (x: tf.Tensor5D, first: tf.Tensor5D, second: tf.Tensor5D) => tf.Tensor;

const conv = (x: tf.Tensor5D, filter: tf.Tensor5D): tf.Tensor5D => tf.conv3d(x, filter, 1, 'same');

/** Each takes what a convolution gives through operations of one kind into another convolution. */
const networks: [string, Network][] = [
  ['one input', (x, a, b) => conv(tf.leakyRelu(tf.neg(conv(x, a)), 0.1), b)],
  ['a clip', (x, a, b) => conv(tf.clipByValue(conv(x, a), -1, 1), b)],
  ['a scalar', (x, a, b) => conv(tf.mul(conv(x, a), 3), b)],
  ['a bias', (x, a, b) => conv(tf.add(conv(x, a), numbers([4], 7)), b)],
  ['a bias over more axes', (x, a, b) => conv(tf.mul(numbers([1, 1, 5, 4], 7), conv(x, a)), b)],
  ['a mask over space', (x, a, b) => conv(tf.mul(conv(x, a), numbers([1, 3, 4, 5, 1], 7)), b)],
  ['another convolution', (x, a, b) => conv(tf.mul(conv(x, a), tf.add(conv(x, a), 1)), b)],
  [
    'a tensor that came otherwise',
    (x, a, b) => conv(tf.sub(numbers([2, 3, 4, 5, 4], 7), conv(x, a)), b),
  ],
  [
    'a choice',
    (x, a, b) =>
      conv(tf.where(tf.greater(numbers([2, 3, 4, 5, 2], 7), 0), x, conv(conv(x, a), b)), a),
  ],
  [
    'a join of channels',
    (x, a, b) => tf.slice(tf.concat([conv(conv(x, a), b), x], 4), [0, 0, 0, 0, 1]),
  ],
  ['a join along an axis of space', (x, a, b) => conv(tf.concat([conv(x, a), conv(x, a)], 2), b)],
  ['a slice', (x, a, b) => conv(tf.slice(conv(x, a), [0, 1, 0, 2, 0], [2, 2, 3, 3, 4]), b)],
  [
    'a mean over space',
    (x, a, b) => conv(tf.sub(conv(x, a), tf.mean(conv(x, a), [1, 2, 3], true)), b),
  ],
  ['a mean over channels', (x, a, b) => conv(tf.sub(conv(x, a), tf.mean(conv(x, a), 4, true)), b)],
  ['a sum that leaves channels', (x, a, b) => tf.sum(conv(conv(x, a), b), [1, 2, 3])],
  ['a sum that leaves an axis and channels', (x, a, b) => tf.sum(conv(conv(x, a), b), [0, 1, 3])],
  ['a sum that leaves space', (x, a, b) => tf.sum(conv(conv(x, a), b), [0, 4])],
  ['a reshape', (x, a, b) => tf.reshape(tf.relu(conv(conv(x, a), b)), [2, 60, 2])],
  ['a transpose', (x, a, b) => tf.transpose(tf.relu(conv(conv(x, a), b)), [0, 3, 1, 4, 2])],
  ['a pooling', (x, a, b) => tf.maxPool3d(tf.relu(conv(conv(x, a), b)), 2, 1, 'same')],
  [
    'a single channel',
    (x, a, b) => tf.mul(tf.slice(conv(conv(x, a), b), [0, 0, 0, 0, 1], [2, 3, 4, 5, 1]), x),
  ],
];

async function evaluate(backend: string, network: Network): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const inputs = [
    numbers([2, 3, 4, 5, 2], 1),
    numbers([3, 3, 3, 2, 4], 2),
    numbers([3, 3, 3, 4, 2], 3),
  ];
  const run = (...args: tf.Tensor[]): tf.Tensor =>
    network(args[0] as tf.Tensor5D, args[1] as tf.Tensor5D, args[2] as tf.Tensor5D);
  const results = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
      tf.sum(tf.square(run(...args))),
    )(inputs);
    return [run(...inputs), value, ...grads];
  });
  return await Promise.all(results.map((result) => result.data<'float32'>()));
}

describe.each(networks)('between convolutions, %s', (_, network) => {
  it('gives the numbers and gradients of the cpu backend', async () => {
    const actual = await evaluate('onnx', network);
    const expected = await evaluate('cpu', network);
    actual.forEach((data, output) => {
      const reference = expected[output]!;
      expect(data.length).toBe(reference.length);
      const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const error = data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - reference[at]!)),
        0,
      );
      expect(error / largest).toBeLessThan(1e-5);
    });
  });
});

describe('layouts', () => {
  it('cost no transposes between a convolution and the next', async () => {
    await tf.setBackend('onnx');
    const weight = numbers([4, 4, 3, 3, 3], 1);
    const attrs = {
      strides: [1, 1, 1],
      dilations: [1, 1, 1],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      groups: 1,
    };
    const conv3d = (x: tf.Tensor): tf.Tensor =>
      tf.engine().runKernel('VoxmimConv3d', { x, weight }, { ...attrs });
    const norm = (x: tf.Tensor): tf.Tensor =>
      tf.engine().runKernel('VoxmimInstanceNorm', { x }, { epsilon: 1e-5 });
    const count = async (body: (x: tf.Tensor) => tf.Tensor): Promise<number> => {
      const { nodesRun } = await statistics();
      const y = tf.tidy(() => body(numbers([1, 4, 4, 4, 4], 2)));
      await y.data();
      return (await statistics()).nodesRun - nodesRun;
    };
    const once = await count((x) => norm(conv3d(x)));
    const twice = await count((x) => norm(conv3d(norm(conv3d(x)))));
    // Two transposes, at the two ends, whatever lies between.
    expect(twice - 2).toBe(2 * (once - 2));
  });
});
