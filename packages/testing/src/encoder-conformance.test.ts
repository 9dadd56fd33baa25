import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import type { MaskTokenEncoder, Random, VisibleTokenEncoder } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { testEncoderConformance } from './encoder-conformance.js';
import { testFails } from './test-fails.js';
import { toyEncoder } from './toy-encoder.js';

type Toy = VisibleTokenEncoder & MaskTokenEncoder;

const sizes = { inputShape: [4, 8, 12], inChannels: 2, patchSize: [2, 4, 4] } as const;
const create = (random: Random) => toyEncoder({ ...sizes, embedDim: 3, random });

/** What is wrong with an encoder, the kit's test that must tell, and the parts that are other than sound. */
type Broken = [flaw: string, test: string, spoil: (sound: Toy, random: Random) => Partial<Toy>];

const peek = <R extends tf.Rank>(volumes: tf.Tensor, features: tf.Tensor<R>) =>
  tf.add<tf.Tensor<R>>(features, tf.mul(tf.mean(volumes), 0.01));
const spare = () => tf.tidy(() => tf.variable(tf.scalar(1)));
let made = 0;

const broken: Broken[] = [
  [
    'a grid that its patches do not tile',
    'has a grid that its patches tile and levels that never get finer',
    ({ geometry }) => ({ geometry: { ...geometry, gridShape: [2, 2, 4] } }),
  ],
  [
    'a level finer than the one before',
    'has a grid that its patches tile and levels that never get finer',
    ({ levels }) => ({ levels: [...levels, { channels: 3, stride: [2, 2, 4] }] }),
  ],
  [
    'a parameter beyond the last layer',
    'puts every parameter in one of its layers',
    () => ({ layerOf: (name) => Number(name === 'position') }),
  ],
  [
    'a parameter whose name no checkpoint takes',
    'names its parameters',
    (sound) => ({
      namedParameters: () => new Map([...sound.namedParameters()].map(([k, v]) => [`/${k}`, v])),
    }),
  ],
  [
    'a parameter that learns nothing',
    'sends a gradient to every parameter',
    (sound) => {
      const idle = spare();
      return {
        namedParameters: () => new Map([...sound.namedParameters(), ['cls_token', idle]]),
        dispose: () => tf.dispose([...sound.namedParameters().values(), idle]),
      };
    },
  ],
  [
    'weights that are drawn elsewhere',
    'starts from the random stream alone, and its weights are all it is',
    (sound) => {
      made += 1;
      for (const weight of sound.namedParameters().values()) {
        tf.tidy(() => weight.assign(tf.add(weight, made)));
      }
      return {};
    },
  ],
  [
    'state beside its parameters',
    'starts from the random stream alone, and its weights are all it is',
    (sound, random) => {
      const secret = random.uniform();
      const shift = (level: tf.Tensor5D) => tf.add<tf.Tensor5D>(level, secret);
      return { pyramid: (volumes) => tf.tidy(() => sound.pyramid(volumes).map(shift)) };
    },
  ],
  ['a dispose that frees nothing', 'frees all it made', () => ({ dispose: () => undefined })],
  [
    'tensors left behind',
    'shapes its pyramid as its levels say, and leaks nothing',
    (sound) => ({ pyramid: (volumes) => (tf.scalar(1), sound.pyramid(volumes)) }),
  ],
  [
    'levels of other shapes than it says',
    'shapes its pyramid as its levels say, and leaks nothing',
    () => ({ levels: [{ channels: 4, stride: [2, 4, 4] }] }),
  ],
  [
    'samples that look at each other',
    'treats the samples of a batch apart',
    (sound) => {
      const blend = (level: tf.Tensor5D) => tf.sub<tf.Tensor5D>(level, tf.mean(level, 0, true));
      return { pyramid: (volumes) => tf.tidy(() => sound.pyramid(volumes).map(blend)) };
    },
  ],
  [
    'noise of its own in training',
    'runs in training as the stream of its context says',
    (sound) => ({
      pyramid: (volumes, context) => {
        made += Number(context?.training ?? false);
        return tf.tidy(() => sound.pyramid(volumes).map((level) => tf.add(level, made)));
      },
    }),
  ],
  [
    'visible tokens that know a hidden voxel',
    'leaves out hidden tokens rightly, where it can',
    (sound) => ({
      encodeVisible: (volumes, mask) =>
        tf.tidy(() => peek(volumes, sound.encodeVisible(volumes, mask))),
    }),
  ],
  [
    'no look at visible voxels',
    'leaves out hidden tokens rightly, where it can',
    (sound) => ({
      encodeVisible: (volumes, mask) =>
        tf.tidy(() => sound.encodeVisible(tf.zerosLike(volumes), mask)),
    }),
  ],
  [
    'features behind the mask token that know a hidden voxel',
    'takes a mask token rightly, where it can',
    (sound) => ({
      encodeWithMaskToken: (volumes, mask, token) =>
        tf.tidy(() => peek(volumes, sound.encodeWithMaskToken(volumes, mask, token))),
    }),
  ],
  [
    'no use for the mask token',
    'takes a mask token rightly, where it can',
    (sound) => ({
      encodeWithMaskToken: (volumes, mask) =>
        tf.tidy(() =>
          sound.encodeWithMaskToken(volumes, mask, tf.variable(tf.zeros([sound.maskTokenDim]))),
        ),
    }),
  ],
];

testEncoderConformance({ describe, it }, create);

it.each(broken)('the encoder kit fails an encoder with %s', async (_, test, spoil) => {
  const spoiled = (random: Random): Toy => {
    const sound = create(random);
    return { ...sound, ...spoil(sound, random.stream('spoil')) };
  };

  expect(await testFails((runner) => testEncoderConformance(runner, spoiled), test)).toBe(true);
});
