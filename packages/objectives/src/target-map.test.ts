import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { expectClose, expectGradients, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/orientation-map.py.
import golden from '../fixtures/orientation-map.json' with { type: 'json' };
import { gradientMap } from './gradient-map.js';
import { orientationMap } from './orientation-map.js';

/** A ramp along one axis: [1, 4, 4, 4, 1]. */
function ramp(direction: readonly [number, number, number], scale = 1): tf.Tensor5D {
  const place = (at: number) => [Math.floor(at / 16), Math.floor(at / 4) % 4, at % 4];
  const value = (at: number) =>
    scale * place(at).reduce((sum, index, axis) => sum + index * direction[axis]!, 0);
  return tf.tensor5d(
    Float32Array.from({ length: 64 }, (_, at) => value(at)),
    [1, 4, 4, 4, 1],
  );
}

const volume = () =>
  tf.tensor5d(
    Float32Array.from({ length: 384 }, (_, at) => Math.sin(1.7 * at)),
    [1, 4, 6, 8, 2],
  );

describe('gradientMap', () => {
  it('agrees with numpy', async () => {
    const flat = tf.reshape(gradientMap(volume()), [-1]);
    await expectClose(tf.slice(flat, 0, 120), golden.gradients, { absolute: 1e-6, relative: 1e-5 });
  });

  it('is zero along an axis of one voxel', async () => {
    const flat = gradientMap(noise<tf.Rank.R5>([1, 1, 3, 3, 1]));
    await expectClose(tf.slice(flat, [0, 0, 0, 0, 0], [1, 1, 3, 3, 1]), tf.zeros([1, 1, 3, 3, 1]));
  });
});

describe('orientationMap', () => {
  it('agrees with numpy', async () => {
    const map = orientationMap(volume(), [2, 3, 4]);
    expect(map.shape).toEqual([1, 2, 2, 2, 20]);
    await expectClose(map, golden.orientations, { absolute: 1e-5, relative: 1e-4 });
    expect(golden.threshold).toBeCloseTo(Math.sqrt(5) / 3, 12);
  });

  it('puts an edge along an axis into its bin alone, whatever its sign', async () => {
    const only = [1, ...Array<number>(9).fill(0)];
    for (const scale of [1, -0.5]) {
      const map = orientationMap(ramp([1, 1, 1], scale), [4, 4, 4]);
      // Faces have one-sided differences, which are half as large and turn the gradient.
      const [first = 0, ...rest] = await map.data();
      expect(first).toBeGreaterThan(0.9 * only[0]!);
      expect(Math.max(...rest)).toBeLessThan(first / 3);
    }
  });

  it('has cells of length 1, and none where there is next to nothing to see', async () => {
    const lengths = (x: tf.Tensor5D) => tf.norm(orientationMap(x, [2, 2, 2]), 2, -1);
    await expectClose(lengths(noise([1, 4, 4, 4, 1])), tf.ones([1, 2, 2, 2]), { absolute: 1e-3 });
    const air = tf.mul<tf.Tensor5D>(noise([1, 4, 4, 4, 1]), 1e-5);
    expect((await tf.max(lengths(air)).data())[0]).toBeLessThan(0.02);
  });

  it('has the gradient of its numbers', async () => {
    await expectGradients(
      (x) => orientationMap(x as tf.Tensor5D, [2, 1, 2]),
      [tf.mul(noise<tf.Rank.R5>([1, 2, 1, 4, 1]), 3)],
    );
  });
});
