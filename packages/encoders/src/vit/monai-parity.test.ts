import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig } from '@voxmim/core';
import { expectClose } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/monai-vit.py.
import golden from '../../fixtures/monai-vit.json' with { type: 'json' };
import { VitConfig } from './config.js';
import { VitEncoder } from './vit-encoder.js';

/** Of float32 through four blocks, forward and backward; the bound is relative 1e-4. */
const tolerance = { absolute: 2e-5, relative: 1e-4 };
const inputShape = [4, 8, 12] as const;

function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 1): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, index) => scale * Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape);
}

function monaiVit(): VitEncoder {
  const config = { patchSize: [2, 4, 4], embedDim: 12, depth: 4, numHeads: 3, mlpRatio: 2 };
  const context = { inputShape, inChannels: 2, random: createRandom(1) };
  const encoder = new VitEncoder(parseConfig(VitConfig, config, 'test'), context);
  for (const [phase, name] of golden.parameters.entries()) {
    const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    const variable = encoder.namedParameters().get(name)!;
    variable.assign(tf.add(wave(variable.shape, phase, 0.3), base));
  }
  return encoder;
}

const loss = (levels: tf.Tensor5D[]): tf.Scalar =>
  tf.addN(levels.map((level, phase) => tf.sum<tf.Scalar>(tf.mul(level, wave(level.shape, phase)))));

describe('VitEncoder against MONAI’s ViT', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('has the same parameters', () => {
    expect([...monaiVit().namedParameters().keys()].sort()).toEqual([...golden.parameters].sort());
  });

  it('gives the same feature levels', async () => {
    const levels = monaiVit().pyramid(wave([2, ...inputShape, 2], 0.5));
    expect(levels).toHaveLength(golden.levels.length);
    for (const [index, level] of levels.entries()) {
      const tokens = tf.slice(tf.reshape(level, [2, 12, 12]), [0, 0, 0], [2, 3, 12]);
      await expectClose(tokens, golden.levels[index]!, tolerance);
    }
  });

  it('gives the same gradients', async () => {
    const encoder = monaiVit();
    const variables = encoder.namedParameters();
    const volumes = wave<tf.Rank.R5>([2, ...inputShape, 2], 0.5);

    const { grads } = tf.variableGrads(
      () => loss(encoder.pyramid(volumes)),
      [...variables.values()],
    );

    for (const [index, name] of golden.parameters.entries()) {
      const gradient = grads[variables.get(name)!.name]!;
      const { square, first } = golden.gradients[index]!;
      await expectClose(tf.sum(tf.square(gradient)), [square], { absolute: 1e-6, relative: 1e-4 });
      const scale = Math.sqrt(square / gradient.size);
      await expectClose(tf.slice(tf.reshape(gradient, [-1]), 0, first.length), first, {
        absolute: 1e-4 * scale,
        relative: 1e-4,
      });
    }
  });
});
