import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import type { HeadContext, SegmentationHead } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { testFails } from './test-fails.js';
import { testHeadConformance, type HeadCase } from './head-conformance.js';
import { drawnVariable, enlarged } from './toy-parts.js';

const place: HeadCase = {
  levels: [{ channels: 5, stride: [2, 4, 4] }],
  ...{ inputShape: [4, 4, 8], inChannels: 2, numClasses: 3 },
};

/** One linear map of the deepest level, the same for all voxels of a cell. */
function toyHead({ levels, numClasses, random }: HeadContext): SegmentationHead {
  const { channels, stride } = levels.at(-1)!;
  const weight = drawnVariable<tf.Rank.R2>([channels, numClasses], random);
  return {
    name: 'toy',
    numClasses,
    logits: (_, pyramid) =>
      tf.tidy(() => {
        const level = pyramid.at(-1)!;
        const scores = tf.matMul(tf.reshape(level, [-1, channels]), weight);
        const [batch, depth, height, width] = level.shape;
        return [enlarged(tf.reshape(scores, [batch, depth, height, width, numClasses]), stride)];
      }),
    namedParameters: () => new Map([['weight', weight]]),
    dispose: () => weight.dispose(),
  };
}

/** The sound head with its logits changed. */
function changing(change: (logits: tf.Tensor5D) => tf.Tensor5D) {
  return (sound: SegmentationHead): Partial<SegmentationHead> => ({
    logits: (...input) => tf.tidy(() => [change(sound.logits(...input)[0])]),
  });
}

let made = 0;
type Spoil = (sound: SegmentationHead, context: HeadContext) => Partial<SegmentationHead>;

const broken: [flaw: string, test: string, spoil: Spoil][] = [
  [
    'another number of classes than asked',
    'gives a score to every voxel and class, and leaks nothing',
    () => ({ numClasses: 2 }),
  ],
  [
    'logits of another shape',
    'gives a score to every voxel and class, and leaks nothing',
    changing((logits) => tf.slice(logits, [0, 0, 0, 0, 0], [2, 4, 4, 4, 3])),
  ],
  [
    'logits that are no numbers',
    'gives a score to every voxel and class, and leaks nothing',
    changing((logits) => tf.div(logits, 0)),
  ],
  [
    'tensors left behind',
    'gives a score to every voxel and class, and leaks nothing',
    (sound) => ({ logits: (...input) => (tf.scalar(1), sound.logits(...input)) }),
  ],
  [
    'samples that look at each other',
    'treats the samples of a batch apart',
    changing((logits) => tf.sub(logits, tf.mean(logits, 0, true))),
  ],
  [
    'a parameter that learns nothing',
    'names its parameters and sends a gradient to each',
    (sound) => {
      const idle = tf.tidy(() => tf.variable(tf.scalar(1)));
      return { namedParameters: () => new Map([...sound.namedParameters(), ['bias', idle]]) };
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
    (sound, { random }) => {
      const secret = random.stream('secret').uniform();
      return changing((logits) => tf.add(logits, secret))(sound);
    },
  ],
  ['a dispose that frees nothing', 'frees all it made', () => ({ dispose: () => undefined })],
];

testHeadConformance({ describe, it }, toyHead, place);

it.each(broken)('the head kit fails a head with %s', async (_, test, spoil) => {
  const create = (context: HeadContext): SegmentationHead => {
    const sound = toyHead(context);
    return { ...sound, ...spoil(sound, context) };
  };

  expect(await testFails((runner) => testHeadConformance(runner, create, place), test)).toBe(true);
});
