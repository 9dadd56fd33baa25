import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type Encoder, type Shape3 } from '@voxmim/core';
import { expectClose } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/monai-vit.py and monai-swin.py.
import swin from '../fixtures/monai-swin.json' with { type: 'json' };
import swinV2 from '../fixtures/monai-swin-v2.json' with { type: 'json' };
import vit from '../fixtures/monai-vit.json' with { type: 'json' };
import { SwinConfig } from './swin/config.js';
import { SwinEncoder } from './swin/swin-encoder.js';
import { VitConfig } from './vit/config.js';
import { VitEncoder } from './vit/vit-encoder.js';

/** Of float32 through four blocks, forward and backward; the bound is relative 1e-4. */
const tolerance = { absolute: 2e-5, relative: 1e-4 };

function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 1): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, index) => scale * Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape);
}

function context(inputShape: Shape3) {
  return { inputShape, inChannels: 2, random: createRandom(1) };
}

function createVit(): Encoder {
  const config = { patchSize: [2, 4, 4], embedDim: 12, depth: 4, numHeads: 3, mlpRatio: 2 };
  return new VitEncoder(parseConfig(VitConfig, config, 'test'), context([4, 8, 12]));
}

function createSwin(stageConvolution: boolean): Encoder {
  const sizes = { patchSize: [2, 2, 2], embedDim: 6, depths: [2, 2], numHeads: [1, 2] };
  const config = { ...sizes, windowSize: [2, 4, 4], patchNorm: false };
  const options = { ...config, mlpRatio: 4, levels: 'swinUnetr', stageConvolution };
  return new SwinEncoder(parseConfig(SwinConfig, options, 'test'), context([8, 16, 16]));
}

const loss = (levels: tf.Tensor5D[]): tf.Scalar =>
  tf.addN(levels.map((level, phase) => tf.sum<tf.Scalar>(tf.mul(level, wave(level.shape, phase)))));

describe.each([
  {
    name: 'ViT',
    create: createVit,
    golden: vit,
    rows: [0, 3],
    extra: [] as string[],
    relative: 1e-4,
  },
  // MONAI normalizes the last level without parameters; ours start as it: 1 and 0.
  {
    name: 'SwinTransformer',
    create: () => createSwin(false),
    golden: swin,
    rows: [-2, 2],
    extra: ['norm.weight', 'norm.bias'],
    relative: 1e-4,
  },
  {
    name: 'SwinTransformer with a residual convolution in each stage',
    create: () => createSwin(true),
    golden: swinV2,
    rows: [-2, 2],
    extra: ['norm.weight', 'norm.bias'],
    // Of the golden float64; PyTorch's own float32 strays from it by 8e-4, ours by 2.3e-4.
    relative: 5e-4,
  },
])('against MONAI’s $name', ({ create, golden, rows, extra, relative }) => {
  const build = (): Encoder => {
    const encoder = create();
    const parameters = encoder.namedParameters();
    for (const [phase, name] of golden.parameters.entries()) {
      const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
      const variable = parameters.get(name)!;
      variable.assign(tf.add(wave(variable.shape, phase, 0.3), base));
    }
    return encoder;
  };
  const input = (encoder: Encoder) => wave<tf.Rank.R5>([2, ...encoder.geometry.inputShape, 2], 0.5);

  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('has the same parameters', () => {
    expect([...create().namedParameters().keys()].sort()).toEqual(
      [...golden.parameters, ...extra].sort(),
    );
  });

  it('gives the same feature levels', async () => {
    const encoder = build();
    const levels = encoder.pyramid(input(encoder));
    expect(levels).toHaveLength(golden.levels.length);
    for (const [index, level] of levels.entries()) {
      const channels = level.shape[4];
      const tokens = tf.reshape(level, [2, level.size / channels / 2, channels]);
      const start = rows[0]! < 0 ? tokens.shape[1]! + rows[0]! : 0;
      const picked = tf.slice(tokens, [0, start, 0], [2, rows[1]!, channels]);
      await expectClose(picked, golden.levels[index]!, tolerance);
    }
  });

  it('gives the same gradients', async () => {
    const encoder = build();
    const variables = encoder.namedParameters();
    const volumes = input(encoder);

    const { grads } = tf.variableGrads(
      () => loss(encoder.pyramid(volumes)),
      [...variables.values()],
    );

    // Of the whole gradient: what cancels within one parameter leaves float32 noise of this size.
    const squares = golden.gradients.reduce((sum, { square }) => sum + square, 0);
    const sizes = golden.parameters.reduce((sum, name) => sum + variables.get(name)!.size, 0);
    const rms = Math.sqrt(squares / sizes);
    for (const [index, name] of golden.parameters.entries()) {
      const gradient = grads[variables.get(name)!.name]!;
      const { square, first } = golden.gradients[index]!;
      await expectClose(tf.sum(tf.square(gradient)), [square], { absolute: 1e-6, relative: 1e-3 });
      await expectClose(tf.slice(tf.reshape(gradient, [-1]), 0, first.length), first, {
        absolute: relative * rms,
        relative,
      });
    }
  });
});
