import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  encodesWithMaskToken,
  type ContrastiveObjective,
  type MaskedObjective,
  type ObjectiveContext,
  type TokenMask,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { testFails } from './test-fails.js';
import { hiddenVoxels } from './masks.js';
import { testObjectiveConformance } from './objective-conformance.js';
import { drawnVariable, enlarged } from './toy-parts.js';

/** Predicts one value per channel for all voxels of a hidden token; absolute error. */
function toyMasked({ encoder, random }: ObjectiveContext): MaskedObjective {
  if (!encodesWithMaskToken(encoder)) throw new TypeError('no mask token');
  const { embedDim, inChannels, patchSize } = encoder.geometry;
  const token = drawnVariable<tf.Rank.R1>([embedDim], random.stream('token'));
  const decoder = drawnVariable<tf.Rank.R2>([embedDim, inChannels], random.stream('decoder'));
  const predict = (volumes: tf.Tensor5D, mask: TokenMask): tf.Tensor5D => {
    const features = encoder.encodeWithMaskToken(volumes, mask, token);
    const [batch, depth, height, width] = features.shape;
    const values = tf.matMul(tf.reshape(features, [-1, embedDim]), decoder);
    const cells = tf.reshape<tf.Rank.R5>(values, [batch, depth, height, width, inChannels]);
    return tf.mul(enlarged(cells, patchSize), hiddenVoxels(mask, patchSize));
  };
  return {
    kind: 'masked',
    name: 'toy',
    loss: (volumes, mask) =>
      tf.tidy(() => {
        const target = tf.mul(volumes, hiddenVoxels(mask, patchSize));
        return tf.mean<tf.Scalar>(tf.abs(tf.sub(predict(volumes, mask), target)));
      }),
    reconstruct: (volumes, mask) =>
      tf.tidy(() => {
        const prediction = predict(volumes, mask);
        const visible = tf.mul(volumes, tf.sub(1, hiddenVoxels(mask, patchSize)));
        return { prediction, volumes: tf.add<tf.Tensor5D>(prediction, visible) };
      }),
    namedParameters: () => withEncoder(encoder, { token, decoder }),
    dispose: () => tf.dispose([token, decoder]),
  };
}

/** Tells partners apart by the mean of their deepest level. */
function toyContrastive({ encoder, random }: ObjectiveContext): ContrastiveObjective {
  const channels = encoder.levels.at(-1)!.channels;
  const weight = drawnVariable<tf.Rank.R2>([channels, channels], random.stream('weight'));
  const embed = (volumes: tf.Tensor5D): tf.Tensor2D =>
    tf.tidy(() => {
      const pooled = tf.mean<tf.Tensor2D>(encoder.pyramid(volumes).at(-1)!, [1, 2, 3]);
      const projected = tf.matMul(pooled, weight);
      return tf.div(projected, tf.sqrt(tf.sum(tf.square(projected), 1, true)));
    });
  return {
    kind: 'contrastive',
    name: 'toy',
    embed,
    loss: (first, second) =>
      tf.tidy(() => {
        const likeness = tf.mul(tf.matMul(embed(first), embed(second), false, true), 10);
        const own = tf.sum(tf.mul(likeness, tf.eye(first.shape[0])), 1);
        return tf.mean<tf.Scalar>(tf.sub(tf.logSumExp(likeness, 1), own));
      }),
    namedParameters: () => withEncoder(encoder, { weight }),
    dispose: () => weight.dispose(),
  };
}

function withEncoder(
  encoder: ObjectiveContext['encoder'],
  own: Readonly<Record<string, tf.Variable>>,
): Map<string, tf.Variable> {
  const encoders = [...encoder.namedParameters()].map(
    ([name, variable]) => [`encoder.${name}`, variable] as const,
  );
  return new Map([...encoders, ...Object.entries(own)]);
}

const finite = 'has a finite scalar loss, the same each time, and leaks nothing';
const gradients = 'sends a gradient to every parameter, the encoder’s first';
const frees = 'frees what it made and leaves the encoder alone';
const shown = 'scores and shows hidden voxels only, where it masks';
const targets = 'sends no gradient to visible voxels of its target, where it masks';
const pairs = 'needs pairs, but not their order, where it contrasts';
const apart = 'embeds each view by itself, where it contrasts';
let called = 0;

type SpoilMasked = (sound: MaskedObjective, context: ObjectiveContext) => Partial<MaskedObjective>;
const masked: [flaw: string, test: string, spoil: SpoilMasked][] = [
  [
    'a loss that is no number',
    finite,
    (sound) => ({ loss: (...input) => tf.tidy(() => tf.mul(NaN, sound.loss(...input))) }),
  ],
  [
    'a loss of its own mood',
    finite,
    (sound) => ({ loss: (...input) => tf.tidy(() => tf.add(called++, sound.loss(...input))) }),
  ],
  [
    'tensors left behind',
    finite,
    (sound) => ({ loss: (...input) => (tf.scalar(1), sound.loss(...input)) }),
  ],
  [
    'no parameters of the encoder',
    gradients,
    (sound) => ({
      namedParameters: () =>
        new Map([...sound.namedParameters()].filter(([name]) => !name.startsWith('encoder.'))),
    }),
  ],
  [
    'a parameter that learns nothing',
    gradients,
    (sound) => {
      const idle = tf.tidy(() => tf.variable(tf.scalar(1)));
      return { namedParameters: () => new Map([...sound.namedParameters(), ['idle', idle]]) };
    },
  ],
  ['a dispose that frees nothing', frees, () => ({ dispose: () => undefined })],
  [
    'a dispose that frees the encoder',
    frees,
    (sound, { encoder }) => ({
      dispose: () => {
        sound.dispose();
        encoder.dispose();
      },
    }),
  ],
  [
    'predictions that know hidden voxels',
    shown,
    (sound) => ({
      reconstruct: (volumes, mask) => {
        const { prediction, ...rest } = sound.reconstruct(volumes, mask);
        const told = tf.tidy(() => tf.add<tf.Tensor5D>(prediction, tf.mean(volumes)));
        prediction.dispose();
        return { ...rest, prediction: told };
      },
    }),
  ],
  [
    'pictures that know hidden voxels',
    shown,
    (sound) => ({
      reconstruct: (volumes, mask) =>
        tf.tidy(() => ({ ...sound.reconstruct(volumes, mask), volumes: tf.clone(volumes) })),
    }),
  ],
  [
    'weight on visible voxels',
    targets,
    (sound) => ({
      loss: (volumes, mask) =>
        tf.tidy(() =>
          tf.mean(tf.abs(tf.sub(sound.reconstruct(volumes, mask).prediction, volumes))),
        ),
    }),
  ],
  [
    'no weight on hidden voxels',
    targets,
    (sound) => ({
      loss: (volumes, mask) =>
        tf.tidy(() => tf.mean(tf.abs(sound.reconstruct(volumes, mask).prediction))),
    }),
  ],
];

type SpoilContrastive = (sound: ContrastiveObjective) => Partial<ContrastiveObjective>;
const contrastive: [flaw: string, test: string, spoil: SpoilContrastive][] = [
  [
    'a loss that is no number',
    finite,
    (sound) => ({ loss: (...input) => tf.tidy(() => tf.mul(NaN, sound.loss(...input))) }),
  ],
  [
    'no care for pairs',
    pairs,
    (sound) => ({
      loss: (first, second) =>
        tf.tidy(() => tf.mean(tf.matMul(sound.embed(first), sound.embed(second), false, true))),
    }),
  ],
  [
    'a loss of the first pair alone',
    pairs,
    (sound) => ({
      loss: (first, second) =>
        tf.tidy(() => sound.loss(tf.slice(first, 0, 2), tf.slice(second, 0, 2))),
    }),
  ],
  [
    'views that know the others',
    apart,
    (sound) => ({
      embed: (volumes) => tf.tidy(() => sound.embed(tf.sub(volumes, tf.mean(volumes, 0, true)))),
    }),
  ],
  [
    'embeddings of other lengths than 1',
    apart,
    (sound) => ({ embed: (volumes) => tf.tidy(() => tf.mul(2, sound.embed(volumes))) }),
  ],
];

describe('a sound masked objective', () => {
  testObjectiveConformance({ describe, it }, toyMasked);
});

describe('a sound contrastive objective', () => {
  testObjectiveConformance({ describe, it }, toyContrastive);
});

it.each(masked)('the objective kit fails a masked one with %s', async (_, test, spoil) => {
  const create = (context: ObjectiveContext): MaskedObjective => {
    const sound = toyMasked(context);
    return { ...sound, ...spoil(sound, context) };
  };

  expect(await testFails((runner) => testObjectiveConformance(runner, create), test)).toBe(true);
});

it.each(contrastive)(
  'the objective kit fails a contrastive one with %s',
  async (_, test, spoil) => {
    const create = (context: ObjectiveContext): ContrastiveObjective => {
      const sound = toyContrastive(context);
      return { ...sound, ...spoil(sound) };
    };

    expect(await testFails((runner) => testObjectiveConformance(runner, create), test)).toBe(true);
  },
);

it('the objective kit fails one that is said to score all voxels and does not', async () => {
  const declare: Parameters<typeof testFails>[0] = (runner) =>
    testObjectiveConformance(runner, toyMasked, { targetReach: Infinity });

  expect(await testFails(declare, targets)).toBe(true);
});
