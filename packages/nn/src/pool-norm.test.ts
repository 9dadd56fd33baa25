import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import { expectClose, expectNoLeak, registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nn-pool-norm.py.
import golden from '../fixtures/pool-norm.json' with { type: 'json' };
import { adaptivePool } from './adaptive-pool.js';
import { GroupNorm, groupNorm } from './group-norm.js';

const tolerance = { absolute: 5e-6, relative: 1e-5 };

function wave<R extends tf.Rank>(shape: readonly number[], phase: number): tf.Tensor<R> {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, index) =>
    Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape as tf.ShapeMap[R]);
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(golden.adaptivePool)(
    'adaptivePool gives PyTorch’s numbers: $x to $shape',
    async (item) => {
      const [, d, h, w] = item.shape;
      const pool = (x: tf.Tensor) => adaptivePool(x as tf.Tensor5D, [d!, h!, w!]);
      const x = wave<tf.Rank.R5>(item.x, 0.1);

      const y = pool(x);
      const dx = tf.grad((a: tf.Tensor) => tf.sum(tf.mul(pool(a), wave(item.shape, 0.3))))(x);

      expect(y.shape).toEqual(item.shape);
      await expectClose(y, item.y, tolerance);
      await expectClose(dx, item.dx, tolerance);
    },
  );

  it.each(golden.groupNorm)('groupNorm gives PyTorch’s numbers: $x in $groups', async (item) => {
    const channels = item.x[4]!;
    const inputs = [wave(item.x, 0.1), wave([channels], 0.2), wave([channels], 0.5)];
    const norm = (...[x, weight, bias]: tf.Tensor[]) =>
      groupNorm(x as tf.Tensor5D, weight as tf.Tensor1D, bias as tf.Tensor1D, item.groups);

    const grads = tf.grads((...xs) => tf.sum(tf.mul(norm(...xs), wave(item.x, 0.3))))(inputs);

    await expectClose(norm(...inputs), item.y, tolerance);
    await expectClose(grads[0]!, item.dx, tolerance);
    await expectClose(grads[1]!, item.dWeight, tolerance);
    await expectClose(grads[2]!, item.dBias, tolerance);
  });

  it('leaves only results behind', () => {
    const x = wave<tf.Rank.R5>([1, 2, 2, 2, 4], 0);
    const norm = new GroupNorm(4, 2);

    expectNoLeak(() => norm.call(x));
    expectNoLeak(() => adaptivePool(x, [1, 2, 1]));
  });
});

it('refuses groups that do not divide the channels', () => {
  expect(() => new GroupNorm(6, 4)).toThrow('4 groups cannot share 6 channels evenly.');
});
