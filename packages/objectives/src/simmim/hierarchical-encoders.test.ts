import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type MaskTokenEncoder } from '@voxmim/core';
import { SwinConfig, SwinEncoder, VanConfig, VanEncoder } from '@voxmim/encoders';
import { tokenMaskFromFlags } from '@voxmim/masking';
import { expectClose, hiddenVoxels, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { SimmimConfig } from './config.js';
import { SimmimObjective } from './simmim-objective.js';

const inputShape = [4, 8, 12] as const;
const patchSize = [1, 2, 2] as const;
const context = { inputShape, inChannels: 2, random: createRandom(1) };

function swin(): MaskTokenEncoder {
  const sizes = { patchSize, embedDim: 4, depths: [1, 1], numHeads: [1, 2], windowSize: [2, 2, 3] };
  return new SwinEncoder(parseConfig(SwinConfig, { ...sizes, mlpRatio: 1 }, 'test'), context);
}

function van(): MaskTokenEncoder {
  const sizes = { patchSize, embedDims: [3, 4], depths: [1, 1], mlpRatios: [1, 1] };
  return new VanEncoder(parseConfig(VanConfig, sizes, 'test'), context);
}

/** Hides boxes of 2 × 1 × 3 tokens, each coarser than a token and none a cell of the last level. */
const mask = tokenMaskFromFlags(
  [Uint8Array.from({ length: 96 }, (_, id) => boxOf(id) % 2)],
  [4, 4, 6],
);

function boxOf(id: number): number {
  const [d, h, w] = [Math.floor(id / 24), Math.floor(id / 6) % 4, id % 6];
  return Math.floor(d / 2) + h + Math.floor(w / 3);
}

describe.each([
  ['SwinEncoder', swin],
  ['VanEncoder', van],
])('SimMIM over a %s, whose last level is coarser than its tokens', (_, create) => {
  const hidden = () => hiddenVoxels(mask, patchSize);
  const volumes = () => noise<tf.Rank.R5>([1, ...inputShape, 2]);

  beforeAll(async () => {
    expect(await tf.setBackend('wasm')).toBe(true);
  });

  it('predicts each voxel of a cell by its own row of the linear layer', async () => {
    const objective = new SimmimObjective(create(), SimmimConfig.parse({}), createRandom(1));
    const [weight, bias] = ['weight', 'bias'].map((name) =>
      objective.decoder.namedParameters().get(name)!,
    );
    weight!.assign(tf.zerosLike(weight!));
    bias!.assign(tf.range(0, bias!.size));

    const { prediction } = objective.reconstruct(volumes(), mask);

    // Cells are [2, 4, 4] voxels of two channels.
    const place = (index: number) => {
      const [voxel, channel] = [Math.floor(index / 2), index % 2];
      const [d, h, w] = [Math.floor(voxel / 96), Math.floor(voxel / 12) % 8, voxel % 12];
      return (((d % 2) * 4 + (h % 4)) * 4 + (w % 4)) * 2 + channel;
    };
    const rows = tf.tensor5d(
      Float32Array.from({ length: 768 }, (_, at) => place(at)),
      [1, 4, 8, 12, 2],
    );
    await expectClose(prediction, tf.mul(rows, hidden()), { absolute: 1e-4 });
  });

  it.each(['linear', 'convolution'])(
    'predicts without a look at what is hidden: %s',
    async (decoder) => {
      const config = parseConfig(SimmimConfig, { decoder, decoderDim: 4 }, 'test');
      const objective = new SimmimObjective(create(), config, createRandom(1));
      const predict = (input: tf.Tensor5D) => objective.reconstruct(input, mask).prediction;
      const change = tf.mul(noise<tf.Rank.R5>([1, ...inputShape, 2], 9), hidden());

      const before = predict(volumes());

      const same = { absolute: 0, relative: 0 };
      await expectClose(predict(tf.add(volumes(), change)), before, same);
    },
  );

  it('learns the hidden voxels of one batch with the convolution decoder', async () => {
    const config = parseConfig(SimmimConfig, { decoder: 'convolution', decoderDim: 12 }, 'test');
    const objective = new SimmimObjective(create(), config, createRandom(1));
    const optimizer = tf.train.adam(2e-2);
    const variables = [...objective.namedParameters().values()];
    const loss = () => objective.loss(volumes(), mask);

    const [before = 0] = await loss().data();
    for (let step = 0; step < 30; step++) optimizer.minimize(loss, false, variables);
    const [after] = await loss().data();

    expect(after).toBeLessThan(0.7 * before);
  });
});
