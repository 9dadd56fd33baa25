import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, volumeOf, type Shape3, type TokenMask } from '@voxmim/core';
import { VitConfig, VitEncoder } from '@voxmim/encoders';
import { randomMasking, sampleMask } from '@voxmim/masking';
import * as tf from '@tensorflow/tfjs-core';

import { MaeConfig } from './config.js';
import { MaeObjective } from './mae-objective.js';

const inputShape: Shape3 = [8, 12, 4];
const gridShape: Shape3 = [2, 3, 1];
const random = createRandom(1);

function tinyVit(options: Partial<VitConfig> = {}): VitEncoder {
  const config = { patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2, mlpRatio: 2 };
  const parsed = parseConfig(VitConfig, { ...config, ...options }, 'test');
  return new VitEncoder(parsed, { inputShape, inChannels: 1, random });
}

function tinyMae(encoder = tinyVit(), options: Partial<MaeConfig> = {}): MaeObjective {
  const config = { decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2, ...options };
  return new MaeObjective(encoder, parseConfig(MaeConfig, config, 'test'), random);
}

function tinyMask(batchSize = 2): TokenMask {
  const context = (index: number) => ({
    gridShape,
    patchSize: [4, 4, 4] as const,
    random: createRandom(index),
    progress: 0,
    voxels: new Float32Array(volumeOf(inputShape)),
  });
  return sampleMask(randomMasking({ maskRatio: 0.5 }), [...Array(batchSize).keys()].map(context));
}

describe('MaeObjective', () => {
  it('fits one masked batch within 40 steps', async () => {
    const objective = tinyMae();
    const volumes = tf.randomNormal<tf.Rank.R5>([2, ...inputShape, 1], 0, 1, 'float32', 3);
    const mask = tinyMask();
    const optimizer = tf.train.adam(1e-2);
    const variables = [...objective.namedParameters().values()];

    const [before = 0] = await objective.loss(volumes, mask).data();
    for (let step = 0; step < 40; step++) {
      optimizer.minimize(() => objective.loss(volumes, mask), false, variables);
    }
    const [after] = await objective.loss(volumes, mask).data();

    expect(after).toBeLessThan(before / 2);
  });
});
