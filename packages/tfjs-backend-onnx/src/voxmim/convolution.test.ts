import * as tf from '@tensorflow/tfjs-core';
import '../index.js';

interface Case {
  readonly input: number[];
  readonly weight: number[];
  readonly strides: number[];
  readonly padding: [number, number][];
  readonly dilations: number[];
  readonly groups: number;
}

const plain = { strides: [1, 1, 1], dilations: [1, 1, 1], groups: 1 };
const none: [number, number][] = [
  [0, 0],
  [0, 0],
  [0, 0],
];
const one: [number, number][] = [
  [1, 1],
  [1, 1],
  [1, 1],
];

const cases: [string, Case][] = [
  ['3³ same', { ...plain, input: [2, 4, 5, 6, 3], weight: [4, 3, 3, 3, 3], padding: one }],
  ['1³', { ...plain, input: [2, 3, 4, 5, 3], weight: [4, 3, 1, 1, 1], padding: none }],
  [
    '3×1×2, uneven padding',
    {
      ...plain,
      input: [1, 4, 5, 6, 2],
      weight: [3, 2, 3, 1, 2],
      padding: [
        [2, 0],
        [0, 1],
        [0, 1],
      ],
    },
  ],
  [
    'stride 2',
    { ...plain, strides: [2, 2, 2], input: [2, 6, 7, 8, 2], weight: [3, 2, 3, 3, 3], padding: one },
  ],
  [
    'stride 2, kernel 2',
    {
      ...plain,
      strides: [2, 2, 2],
      input: [2, 4, 6, 8, 3],
      weight: [5, 3, 2, 2, 2],
      padding: none,
    },
  ],
  [
    'stride 2, kernel 2, a rest',
    {
      ...plain,
      strides: [2, 2, 2],
      input: [1, 5, 6, 7, 2],
      weight: [3, 2, 2, 2, 2],
      padding: none,
    },
  ],
  [
    'stride 3, kernel 2',
    {
      ...plain,
      strides: [3, 3, 3],
      input: [1, 9, 8, 7, 2],
      weight: [3, 2, 2, 2, 2],
      padding: none,
    },
  ],
  [
    'depthwise',
    { ...plain, groups: 3, input: [2, 5, 5, 5, 3], weight: [3, 1, 3, 3, 3], padding: one },
  ],
  [
    'depthwise, dilation 3',
    {
      ...plain,
      groups: 2,
      dilations: [3, 3, 3],
      input: [1, 9, 8, 7, 2],
      weight: [2, 1, 3, 3, 3],
      padding: [
        [3, 3],
        [3, 3],
        [3, 3],
      ],
    },
  ],
  [
    'depthwise, many taps, two outputs a channel, more planes than fit one product',
    {
      ...plain,
      groups: 3,
      dilations: [2, 1, 3],
      input: [2, 28, 5, 7, 3],
      weight: [6, 1, 4, 3, 3],
      padding: [
        [3, 2],
        [0, 1],
        [3, 2],
      ],
    },
  ],
  [
    'two groups, dilation 2',
    {
      ...plain,
      groups: 2,
      dilations: [2, 1, 2],
      input: [2, 6, 5, 6, 4],
      weight: [6, 2, 2, 3, 2],
      padding: [
        [1, 1],
        [1, 1],
        [0, 2],
      ],
    },
  ],
  [
    'stride 2, dilation 2',
    {
      ...plain,
      strides: [2, 1, 2],
      dilations: [2, 2, 1],
      input: [1, 7, 6, 7, 2],
      weight: [2, 2, 2, 2, 3],
      padding: one,
    },
  ],
  [
    'padding beyond the kernel',
    {
      ...plain,
      input: [1, 3, 3, 3, 1],
      weight: [1, 1, 2, 2, 2],
      padding: [
        [2, 3],
        [2, 2],
        [3, 2],
      ],
    },
  ],
];

function numbers(shape: number[], seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  });
}

function outputShape({ input, weight, strides, padding, dilations }: Case): number[] {
  const spatial = [0, 1, 2].map((axis) => {
    const span = (weight[axis + 2]! - 1) * dilations[axis]! + 1;
    return (
      Math.floor(
        (input[axis + 1]! + padding[axis]![0] + padding[axis]![1] - span) / strides[axis]!,
      ) + 1
    );
  });
  return [input[0]!, ...spatial, weight[0]!];
}

/** Calls `visit` for every product that the convolution adds up, with flat indices of its three tensors. */
function visitProducts(
  setup: Case,
  visit: (y: number, x: number, w: number) => void,
  skip: (y: number) => boolean = () => false,
): void {
  const { input, weight, strides, padding, dilations, groups } = setup;
  const output = outputShape(setup);
  const flat = (shape: number[], at: number[]): number =>
    at.reduce((sum, index, axis) => sum * shape[axis]! + index, 0);
  const outPerGroup = weight[0]! / groups;
  const each = (shape: number[], body: (at: number[]) => void): void => {
    const at = shape.map(() => 0);
    for (let count = tf.util.sizeFromShape(shape); count > 0; count--) {
      body(at);
      for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--)
        at[axis] = 0;
    }
  };
  each(output, (y) => {
    if (skip(flat(output, y))) return;
    each(weight.slice(1), (w) => {
      const place = [0, 1, 2].map(
        (axis) =>
          y[axis + 1]! * strides[axis]! + w[axis + 1]! * dilations[axis]! - padding[axis]![0],
      );
      if (place.some((index, axis) => index < 0 || index >= input[axis + 1]!)) return;
      const channel = Math.floor(y[4]! / outPerGroup) * weight[1]! + w[0]!;
      visit(flat(output, y), flat(input, [y[0]!, ...place, channel]), flat(weight, [y[4]!, ...w]));
    });
  });
}

async function run(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: object,
): Promise<number[]> {
  const result: tf.Tensor = tf.engine().runKernel(name, inputs, { ...attrs });
  return Array.from(await result.data());
}

function expectClose(actual: number[], expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const error = actual.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - expected[index]!)),
    0,
  );
  expect(error / largest).toBeLessThan(2e-6);
}

beforeAll(async () => {
  await tf.setBackend('onnx');
});

describe.each(cases)('VoxmimConv3d, %s', (_, setup) => {
  const { input, weight, ...attrs } = setup;
  const output = outputShape(setup);
  const [x, w, dy] = [numbers(input, 1), numbers(weight, 2), numbers(output, 3)];

  it('adds up the products of its definition', async () => {
    const expected = new Float64Array(tf.util.sizeFromShape(output));
    visitProducts(setup, (at, from, by) => (expected[at]! += x[from]! * w[by]!));
    expectClose(
      await run('VoxmimConv3d', { x: tf.tensor(x, input), weight: tf.tensor(w, weight) }, attrs),
      expected,
    );
  });

  it('has the input gradient of its definition', async () => {
    const expected = new Float64Array(x.length);
    visitProducts(setup, (at, from, by) => (expected[from]! += dy[at]! * w[by]!));
    const inputs = { dy: tf.tensor(dy, output), weight: tf.tensor(w, weight) };
    expectClose(
      await run('VoxmimConv3dInputGrad', inputs, { ...attrs, inputShape: input }),
      expected,
    );
  });

  it('has the weight gradient of its definition', async () => {
    const expected = new Float64Array(w.length);
    visitProducts(setup, (at, from, by) => (expected[by]! += dy[at]! * x[from]!));
    const inputs = { dy: tf.tensor(dy, output), x: tf.tensor(x, input) };
    expectClose(
      await run('VoxmimConv3dWeightGrad', inputs, { ...attrs, weightShape: weight }),
      expected,
    );
  });
});

describe('a weight gradient over several chunks', () => {
  const setup: Case = {
    ...plain,
    input: [1, 12, 40, 44, 8],
    weight: [16, 8, 3, 3, 3],
    padding: one,
  };
  const { input, weight, ...attrs } = setup;
  const output = outputShape(setup);

  it('misses nothing at the seams', async () => {
    const x = numbers(input, 1);
    const dy = numbers(output, 3).map((value, index) => (index % 499 === 0 ? value : 0));
    const expected = new Float64Array(tf.util.sizeFromShape(weight));
    visitProducts(
      setup,
      (at, from, by) => (expected[by]! += dy[at]! * x[from]!),
      (at) => dy[at] === 0,
    );
    const inputs = { dy: tf.tensor(dy, output), x: tf.tensor(x, input) };
    expectClose(
      await run('VoxmimConv3dWeightGrad', inputs, { ...attrs, weightShape: weight }),
      expected,
    );
  });
});
