import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/training.py.
import golden from '../fixtures/golden.json' with { type: 'json' };
import { AdamW, clipByGlobalNorm, clipFactor, globalNorm } from './index.js';

function wave(shape: number[], phase: number): tf.Tensor {
  const count = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Array.from({ length: count }, (_, index) => Math.sin(1.7 * index + phase)),
    shape,
  );
}

beforeAll(async () => {
  tf.enableProdMode(); // silences an advertisement
  await tf.setBackend('cpu');
});

describe('AdamW', () => {
  it('steps groups as PyTorch does, clipping included', async () => {
    const weight = tf.variable(wave([2, 3], 0.1));
    const bias = tf.variable(wave([3], 0.2));
    const optimizer = new AdamW([
      { parameters: new Map([['weight', weight]]), learningRateScale: 0.5, weightDecay: 0.1 },
      { parameters: new Map([['bias', bias]]), learningRateScale: 1, weightDecay: 0 },
    ]);
    const norms: number[] = [];

    for (let step = 0; step < 4; step++) {
      const gradients = { weight: wave([2, 3], step), bias: tf.mul(2, wave([3], step + 0.5)) };
      const norm = globalNorm(Object.values(gradients));
      const clip = clipFactor(norm, 1.5);
      optimizer.update(gradients, { learningRate: 0.01 * (step + 1), clip });
      norms.push(...(await norm.data<'float32'>()));
    }

    const close = (values: ArrayLike<number>, expected: readonly number[]) =>
      expected.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 5));
    close(norms, golden.adamw.norms);
    close(await weight.data<'float32'>(), golden.adamw.weight);
    close(await bias.data<'float32'>(), golden.adamw.bias);
    expect(optimizer.step).toBe(4);
  });

  it('steps a group that was frozen as one that starts then', async () => {
    const run = async (frozenSteps: number, updates: number) => {
      const weight = tf.variable(wave([3], 0.1));
      const group = { learningRateScale: 1, weightDecay: 0.1, frozenSteps };
      const optimizer = new AdamW([{ parameters: new Map([['weight', weight]]), ...group }]);
      for (let step = updates; step > 0; step--)
        optimizer.update({ weight: wave([3], step) }, { learningRate: 0.01 });
      return { values: [...(await weight.data())], names: [...optimizer.parameters.keys()] };
    };

    const [frozen, late, fresh] = [await run(3, 2), await run(3, 5), await run(0, 2)];

    expect(frozen.values).toEqual([...(await wave([3], 0.1).data())]);
    expect(frozen.names).toEqual([]);
    expect(late).toEqual(fresh);
    expect(late.names).toEqual(['weight']);
  });

  it('leaves a parameter without a gradient as it is', async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = new AdamW([
      { parameters: new Map([['weight', weight]]), learningRateScale: 1, weightDecay: 0.5 },
    ]);

    optimizer.update({}, { learningRate: 0.1 });

    expect([...(await weight.data())]).toEqual([1, 2]);
  });

  it('owns its moments and nothing else', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const before = tf.memory().numTensors;
    const optimizer = new AdamW([
      { parameters: new Map([['weight', weight]]), learningRateScale: 1, weightDecay: 0 },
    ]);
    const gradient = tf.tensor1d([1, 1]);
    optimizer.update({ weight: gradient }, { learningRate: 0.1 });
    gradient.dispose();

    optimizer.dispose();

    expect(tf.memory().numTensors).toBe(before);
    expect(weight.isDisposed).toBe(false);
  });
});

describe('clipByGlobalNorm', () => {
  it('shortens long gradients to the bound and leaves short ones alone', async () => {
    const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) };

    const shortened = clipByGlobalNorm(gradients, 1);
    const same = clipByGlobalNorm(gradients, 10);

    expect((await shortened.norm.data())[0]).toBeCloseTo(5);
    expect((await shortened.gradients['a']!.data())[0]).toBeCloseTo(0.6, 5);
    expect((await shortened.gradients['b']!.data())[0]).toBeCloseTo(0.8, 5);
    expect((await same.gradients['b']!.data())[0]).toBe(4);
  });
});
