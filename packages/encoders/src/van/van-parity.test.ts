import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type ForwardContext } from '@voxmim/core';
import { expectClose } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/van.py.
import golden from '../../fixtures/van.json' with { type: 'json' };
import { VanConfig } from './config.js';
import { VanEncoder } from './van-encoder.js';

const context: ForwardContext = { training: true, random: createRandom(1) };

function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 1): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, index) => scale * Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape);
}

const volumes = () => wave<tf.Rank.R5>([2, 4, 8, 12, 2], 0.5);

function build(): VanEncoder {
  const sizes = { embedDims: [4, 6], depths: [2, 1], mlpRatios: [2, 1.5] };
  const config = { ...sizes, patchSize: [1, 4, 2] };
  const encoder = new VanEncoder(parseConfig(VanConfig, config, 'test'), {
    inputShape: [4, 8, 12],
    inChannels: 2,
    random: createRandom(1),
  });
  const parameters = encoder.namedParameters();
  for (const [phase, name] of golden.parameters.entries()) {
    const variable = parameters.get(name)!;
    const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    variable.assign(tf.add(wave(variable.shape, phase, 0.3), base));
  }
  return encoder;
}

describe('against a Visual Attention Network of PyTorch’s layers', () => {
  beforeAll(async () => {
    expect(await tf.setBackend('wasm')).toBe(true);
  });

  it('has the same parameters', () => {
    expect([...build().namedParameters().keys()].sort()).toEqual([...golden.parameters].sort());
  });

  it('moves the same running statistics', async () => {
    const encoder = build();
    encoder.pyramid(volumes(), context);
    const buffers = encoder.namedBuffers();
    expect([...buffers.keys()].sort()).toEqual(golden.buffers.map(({ name }) => name).sort());
    for (const { name, values } of golden.buffers) await expectClose(buffers.get(name)!, values);
  });

  it.each(['training', 'inference'] as const)(
    'gives the same levels and gradients in %s',
    async (mode) => {
      const encoder = build();
      if (mode === 'inference') encoder.pyramid(volumes(), context);
      const run = () => encoder.pyramid(volumes(), mode === 'training' ? context : undefined);
      const expected = golden[mode];
      const variables = encoder.namedParameters();

      const { grads } = tf.variableGrads(
        () =>
          tf.addN(
            run().map((level, phase) => tf.sum<tf.Scalar>(tf.mul(level, wave(level.shape, phase)))),
          ),
        [...variables.values()],
      );

      const squares = expected.gradients.reduce((sum, { square }) => sum + square, 0);
      const sizes = golden.parameters.reduce((sum, name) => sum + variables.get(name)!.size, 0);
      const rms = Math.sqrt(squares / sizes);
      for (const [index, name] of golden.parameters.entries()) {
        const gradient = tf.reshape(grads[variables.get(name)!.name]!, [-1]);
        const { first } = expected.gradients[index]!;
        const tolerance = { absolute: 1e-4 * rms, relative: 1e-4 };
        await expectClose(tf.slice(gradient, 0, first.length), first, tolerance);
      }
      for (const [index, level] of run().entries()) {
        const cells: tf.Tensor3D = tf.reshape(level, [2, -1, level.shape[4]]);
        const picked = tf.slice(cells, [0, 0, 0], [2, 3, level.shape[4]]);
        await expectClose(picked, expected.levels[index]!);
      }
    },
  );
});
