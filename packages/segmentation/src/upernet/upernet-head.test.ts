import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type FeatureLevel, type HeadContext, type Shape3 } from '@voxmim/core';
import { hashedNoise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { planLevels } from './level-pyramid.js';
import { UpernetConfig } from './upernet-config.js';
import { UpernetHead } from './upernet-head.js';

const small = { channels: 8, channelsPerGroup: 4, poolScales: [1, 2, 3] };
const config = (more: object = {}) => UpernetConfig.parse({ ...small, ...more });

function context(levels: readonly FeatureLevel[], inputShape: Shape3): HeadContext {
  return { levels, inputShape, inChannels: 1, numClasses: 3, random: createRandom(3) };
}

function even(stride: Shape3, count = 4): FeatureLevel[] {
  return Array.from({ length: count }, () => ({ channels: 5, stride }));
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('UpernetHead', () => {
  it('scores the coarser maps but the deepest, in training alone', () => {
    const inputShape: Shape3 = [16, 16, 32];
    const head = new UpernetHead(
      config({ deepSupervision: true }),
      context(even([8, 8, 8]), inputShape),
    );
    const volumes = hashedNoise<tf.Rank.R5>([1, ...inputShape, 1], 0);
    const pyramid = [1, 2, 3, 4].map((seed) => hashedNoise<tf.Rank.R5>([1, 2, 2, 4, 5], seed));
    const training = { training: true, random: createRandom(1) };

    const shapes = (all: tf.Tensor[]) => all.map(({ shape }) => shape.slice(1, 4));

    expect(shapes(head.logits(volumes, pyramid))).toEqual([[16, 16, 32]]);
    expect(shapes(head.logits(volumes, pyramid, training))).toEqual([
      [16, 16, 32],
      [2, 2, 4],
      [1, 1, 2],
    ]);
  });

  it('drops channels in training alone, by the stream', () => {
    const head = new UpernetHead(config({ dropRate: 0.5 }), context(even([4, 4, 4], 1), [4, 4, 8]));
    const volumes = hashedNoise<tf.Rank.R5>([1, 4, 4, 8, 1], 0);
    const pyramid = [hashedNoise<tf.Rank.R5>([1, 1, 1, 2, 5], 1)];
    const run = (training: boolean, seed: number) => [
      ...head.logits(volumes, pyramid, { training, random: createRandom(seed) })[0].dataSync(),
    ];

    expect(run(false, 1)).toEqual(run(false, 2));
    expect(run(true, 1)).toEqual(run(true, 1));
    expect(run(true, 1)).not.toEqual(run(true, 2));
  });

  it('keeps something of a single cell, which instance norm would erase', () => {
    const head = new UpernetHead(config(), context(even([4, 4, 4], 1), [4, 4, 4]));
    const volumes = hashedNoise<tf.Rank.R5>([1, 4, 4, 4, 1], 0);
    const scores = (seed: number) => {
      const [logits] = head.logits(volumes, [hashedNoise<tf.Rank.R5>([1, 1, 1, 1, 5], seed)]);
      return [...logits.dataSync()];
    };

    expect(scores(1)).not.toEqual(scores(2));
  });

  it('refuses groups that do not divide its width', () => {
    expect(() => config({ channels: 10 })).toThrow('channelsPerGroup must divide channels');
  });
});

describe('planLevels', () => {
  const strides = (stride: Shape3, inputShape: Shape3) =>
    planLevels(even(stride), inputShape).map(({ down, up = [] }) =>
      stride.map((size, axis) => {
        const factor = up.reduce((product, step) => product * step[axis]!, 1);
        return (size * down[axis]!) / factor;
      }),
    );

  it('brings tokens of any size to 4, 8, 16 and 32', () => {
    const whole = [4, 8, 16, 32].map((size) => [size, size, size]);

    expect(strides([16, 16, 16], [96, 96, 96])).toEqual(whole);
    expect(strides([8, 8, 8], [96, 96, 96])).toEqual(whole);
    expect(strides([4, 4, 4], [96, 96, 96])).toEqual(whole);
  });

  it('comes as near as whole factors allow, each axis on its own', () => {
    expect(strides([2, 6, 16], [6, 12, 48])).toEqual([
      [2, 2, 4],
      [2, 6, 8],
      [2, 12, 16],
      [2, 12, 16],
    ]);
  });

  it('leaves levels of different strides alone', () => {
    const levels: FeatureLevel[] = [
      { channels: 1, stride: [2, 2, 2] },
      { channels: 1, stride: [2, 4, 4] },
    ];

    expect(planLevels(levels, [4, 4, 4])).toEqual([
      { down: [1, 1, 1], up: undefined },
      { down: [1, 1, 1], up: undefined },
    ]);
  });
});
