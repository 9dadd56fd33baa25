import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import '../index.js';

/** Deterministic numbers in (-1, 1). */
function values(shape: number[], seed: number): tf.Tensor {
  let state = seed;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  };
  return tf.tensor(Array.from({ length: tf.util.sizeFromShape(shape) }, next), shape);
}

type Arrays = number[][];

/** Runs `body` on a backend and reads what it returns. */
async function on(backend: string, body: () => tf.Tensor[]): Promise<Arrays> {
  await tf.setBackend(backend);
  const results = tf.tidy(body);
  const read = await Promise.all(results.map(async (result) => Array.from(await result.data())));
  tf.dispose(results);
  return read;
}

async function expectSame(kernel: () => tf.Tensor[], composed: () => tf.Tensor[]): Promise<void> {
  const actual = await on('onnx', kernel);
  const expected = await on('cpu', composed);
  expect(actual.length).toBe(expected.length);
  actual.forEach((numbers, output) => {
    expect(numbers.length).toBe(expected[output]!.length);
    numbers.forEach((number, index) => expect(number).toBeCloseTo(expected[output]![index]!, 4));
  });
}

function run(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor[] {
  const result: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, { ...attrs });
  return Array.isArray(result) ? result : [result];
}

const layerNorm = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, -1, true);
  const normalized = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(normalized, weight), bias);
};

describe('VoxmimLayerNorm', () => {
  const inputs = (): tf.Tensor[] => [
    values([2, 3, 8], 1),
    values([8], 2),
    values([8], 3),
    values([2, 3, 8], 4),
  ];

  it('normalizes the last axis', async () => {
    await expectSame(
      () => {
        const [x, weight, bias] = inputs();
        return run('VoxmimLayerNorm', { x: x!, weight: weight!, bias: bias! }, { epsilon: 1e-5 });
      },
      () => {
        const [x, weight, bias] = inputs();
        return [layerNorm(x!, weight!, bias!)];
      },
    );
  });

  it.each([true, false])(
    'has the gradients of the composition (forward in the same trace: %s)',
    async (forward) => {
      await expectSame(
        () => {
          const [x, weight, bias, dy] = inputs();
          const y = forward
            ? run('VoxmimLayerNorm', { x: x!, weight: weight!, bias: bias! }, { epsilon: 1e-5 })
            : [];
          return [
            ...run('VoxmimLayerNormGrad', { dy: dy!, x: x!, weight: weight! }, { epsilon: 1e-5 }),
            ...y,
          ];
        },
        () => {
          const [x, weight, bias, dy] = inputs();
          const gradients = tf.grads((a, b, c) => layerNorm(a, b, c))([x!, weight!, bias!], dy);
          return forward ? [...gradients, layerNorm(x!, weight!, bias!)] : gradients;
        },
      );
    },
  );
});

const instanceNorm = (x: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, [1, 2, 3], true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
};

describe('VoxmimInstanceNorm', () => {
  it('normalizes each channel of each sample', async () => {
    await expectSame(
      () => run('VoxmimInstanceNorm', { x: values([2, 3, 4, 5, 3], 1) }, { epsilon: 1e-5 }),
      () => [instanceNorm(values([2, 3, 4, 5, 3], 1))],
    );
  });

  it('has the gradient of the composition', async () => {
    await expectSame(
      () => {
        const inputs = { dy: values([2, 3, 4, 5, 3], 2), x: values([2, 3, 4, 5, 3], 1) };
        return run('VoxmimInstanceNormGrad', inputs, { epsilon: 1e-5 });
      },
      () => [tf.grad(instanceNorm)(values([2, 3, 4, 5, 3], 1), values([2, 3, 4, 5, 3], 2))],
    );
  });
});

const gelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

describe('VoxmimGelu', () => {
  const spread = (): tf.Tensor => tf.mul(values([50], 1), 5);

  it('is x Φ(x)', async () => {
    await expectSame(
      () => run('VoxmimGelu', { x: spread() }),
      () => [gelu(spread())],
    );
  });

  it('has the gradient of the composition', async () => {
    await expectSame(
      () => run('VoxmimGeluGrad', { dy: values([50], 2), x: spread() }),
      () => [tf.grad(gelu)(spread(), values([50], 2))],
    );
  });
});

const attention = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, bias?: tf.Tensor): tf.Tensor => {
  const scores = tf.mul(tf.matMul(q, k, false, true), 0.5);
  return tf.matMul(tf.softmax(bias ? tf.add(scores, bias) : scores), v);
};

describe('VoxmimAttention', () => {
  const shape = [2, 3, 5, 4];
  const qkv = (): tf.Tensor[] => [values(shape, 1), values(shape, 2), values(shape, 3)];
  const biasShapes = [
    [2, 3, 5, 5],
    [1, 3, 5, 5],
    [5, 5],
    [3, 1, 5],
  ];

  it.each([undefined, ...biasShapes])('attends, with bias %p', async (biasShape) => {
    const bias = (): tf.Tensor | undefined => (biasShape ? values(biasShape, 4) : undefined);
    const inputs = (): Record<string, tf.Tensor> => {
      const [q, k, v] = qkv();
      const extra = bias();
      return { q: q!, k: k!, v: v!, ...(extra ? { bias: extra } : {}) };
    };
    await expectSame(
      () => [
        ...run('VoxmimAttention', inputs(), { scale: 0.5 }),
        ...run('VoxmimAttentionGrad', { dy: values(shape, 5), ...inputs() }, { scale: 0.5 }),
      ],
      () => {
        const [q, k, v] = qkv();
        const extra = bias();
        const all = [q!, k!, v!, ...(extra ? [extra] : [])];
        const gradients = tf.grads((a, b, c, d) => attention(a, b, c, d))(all, values(shape, 5));
        return [attention(q!, k!, v!, extra), ...gradients];
      },
    );
  });
});

describe('VoxmimTakeTokens', () => {
  const ids = (): tf.Tensor => tf.tensor2d([4, 0, 0, 2, 1, 2], [2, 3], 'int32');
  const oneHot = (): tf.Tensor => tf.oneHot(ids(), 5);

  it('takes each sample its own tokens', async () => {
    await expectSame(
      () => run('VoxmimTakeTokens', { x: values([2, 5, 3], 1), ids: ids() }),
      () => [tf.matMul(oneHot(), values([2, 5, 3], 1))],
    );
  });

  it('adds up what was taken twice', async () => {
    await expectSame(
      () => run('VoxmimPutTokens', { dy: values([2, 3, 3], 1), ids: ids() }, { length: 5 }),
      () => [tf.matMul(oneHot(), values([2, 3, 3], 1), true, false)],
    );
  });
});
