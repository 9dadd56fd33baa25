import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';

import { createRandom, type FeatureLevel, type HeadContext, type Shape3 } from '@voxmim/core';
import { hashedNoise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/segmentation.py.
import golden from '../../fixtures/monai.json' with { type: 'json' };
import { UnetrConfig, UnetrHead } from './unetr-head.js';

const tolerance = 1e-4;

function volumeNoise(shape: readonly number[], seed: number): tf.Tensor5D {
  const [b, d, h, w, c] = shape;
  return hashedNoise<tf.Rank.R5>([b!, d!, h!, w!, c!], seed);
}

function context(token: Shape3, inputShape: Shape3, more: Partial<HeadContext> = {}): HeadContext {
  const level: FeatureLevel = { channels: 6, stride: token };
  return {
    levels: [level, level, level, level],
    inputShape,
    inChannels: 1,
    numClasses: 3,
    random: createRandom(5),
    ...more,
  };
}

function pyramidOf({ levels, inputShape }: HeadContext): tf.Tensor5D[] {
  return levels.map(({ channels, stride }, index) =>
    volumeNoise([1, ...inputShape.map((extent, axis) => extent / stride[axis]!), channels], index),
  );
}

/** The largest difference over the largest expected number. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[], step = 1): number {
  const scale = Math.max(...expected.map(Math.abs));
  const errors = expected.map((value, index) => Math.abs(value - actual[index * step]!));
  expect(Math.ceil(actual.length / step)).toBe(expected.length);
  return Math.max(...errors) / scale;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('against MONAI', () => {
  const { unetr } = golden;
  const width = unetr.level[4]!;
  const level: FeatureLevel = { channels: width, stride: [16, 16, 16] };
  const head = () =>
    new UnetrHead(UnetrConfig.parse({ featureSize: 4 }), {
      levels: [level, level, level, level],
      inputShape: [16, 16, 32],
      inChannels: 2,
      numClasses: 3,
      random: createRandom(1),
    });

  it('has the same parameters under the same names', () => {
    const ours = [...head().namedParameters()].map(([name, { shape }]) => ({ name, shape }));

    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(ours.sort(byName)).toEqual([...unetr.parameters].sort(byName));
  });

  it('gives the same logits and gradients', () => {
    const model = head();
    const parameters = model.namedParameters();
    unetr.parameters.forEach(({ name, shape }, index) => {
      const scale = Math.sqrt(3 / tf.util.sizeFromShape(shape.slice(1)));
      parameters.get(name)!.assign(hashedNoise(shape as [number], index, scale));
    });
    const volumes = volumeNoise(unetr.volume, 200);
    const levels = [0, 1, 2, 3].map((index) => volumeNoise(unetr.level, 100 + index));
    const seed = volumeNoise(unetr.shape, 300);

    let logits: tf.Tensor | undefined;
    const { grads } = tf.engine().gradients<tf.Tensor>(() => {
      const [full] = model.logits(volumes, levels);
      logits = tf.keep(tf.clone(full));
      return tf.sum(tf.mul(full, seed));
    }, [...levels, ...parameters.values()]);

    expect(relativeError(logits!.dataSync(), unetr.logits, unetr.step)).toBeLessThan(tolerance);
    levels.forEach((_, index) => {
      const error = relativeError(grads[index]!.dataSync(), unetr.levelGradients[index]!);
      expect(error).toBeLessThan(tolerance);
    });
    const errors = [...parameters.keys()].map((name, index) => {
      const expected = new Map(Object.entries(unetr.gradients)).get(name)!;
      return relativeError(grads[levels.length + index]!.dataSync(), expected, unetr.step);
    });
    expect(Math.max(...errors)).toBeLessThan(tolerance);
  });

  it("has MONAI's 4,449,454 decoder parameters less the 6,144 that it never runs", () => {
    const stride: Shape3 = [16, 16, 16];
    const model = new UnetrHead(
      UnetrConfig.parse({}),
      context(stride, [96, 96, 96], {
        levels: Array.from({ length: 4 }, () => ({ channels: 768, stride })),
        numClasses: 14,
      }),
    );

    const count = [...model.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);

    // conv3 of the two blocks of encoder2, 32 to 32 channels, and of encoder3's, 64 to 64.
    expect(count).toBe(4_449_454 - (2 * 32 * 32 + 64 * 64));
    expect(count).toBe(unetr.count);
    model.dispose();
  });
});

describe('over other levels', () => {
  const cases: [string, Shape3, Shape3][] = [
    ['tokens of 8', [8, 8, 8], [8, 16, 8]],
    ['tokens of 4', [4, 4, 4], [8, 4, 12]],
    ['uneven tokens', [4, 8, 8], [8, 16, 8]],
    ['tokens of 6 and 1', [6, 1, 2], [6, 3, 4]],
  ];

  it.each(cases)('scores every voxel from %s', (_, token, inputShape) => {
    const given = context(token, inputShape);
    const model = new UnetrHead(UnetrConfig.parse({ featureSize: 2 }), given);

    const [logits, ...rest] = model.logits(volumeNoise([1, ...inputShape, 1], 0), pyramidOf(given));

    expect(logits.shape).toEqual([1, ...inputShape, 3]);
    expect(rest).toEqual([]);
  });

  it('reaches every level and every parameter with a gradient', () => {
    const given = context([4, 8, 8], [8, 16, 8]);
    const model = new UnetrHead(
      UnetrConfig.parse({ featureSize: 2, deepSupervision: true }),
      given,
    );
    const volumes = volumeNoise([1, 8, 16, 8, 1], 0);
    const pyramid = pyramidOf(given);
    const seeds = new Map<number, tf.Tensor>();
    const training = { training: true, random: createRandom(1) };

    const { grads } = tf.engine().gradients<tf.Tensor>(() => {
      const all = model.logits(volumes, pyramid, training);
      const terms = all.map((logits, index) => {
        seeds.set(index, volumeNoise(logits.shape, index));
        return tf.sum(tf.mul(logits, seeds.get(index)!));
      });
      return tf.addN(terms);
    }, [...pyramid, ...model.namedParameters().values()]);

    const largest = grads.map((gradient) => tf.max(tf.abs(gradient)).dataSync()[0]!);
    expect(Math.min(...largest)).toBeGreaterThan(0);
    expect([...seeds.values()].map(({ shape }) => shape)).toEqual([
      [1, 8, 16, 8, 3],
      [1, 4, 8, 4, 3],
      [1, 2, 4, 2, 3],
    ]);
  });

  it('sits on a hierarchical encoder too', () => {
    const strides: Shape3[] = [
      [4, 4, 4],
      [4, 8, 8],
      [4, 16, 16],
    ];
    const given = context([4, 4, 4], [4, 16, 16], {
      levels: strides.map((stride, index) => ({ channels: 4 * 2 ** index, stride })),
    });
    const model = new UnetrHead(UnetrConfig.parse({ featureSize: 2 }), given);

    const [logits] = model.logits(volumeNoise([1, 4, 16, 16, 1], 0), pyramidOf(given));

    expect(logits.shape).toEqual([1, 4, 16, 16, 3]);
    expect([...model.namedParameters().keys()].filter((name) => name.startsWith('decoder4'))).toHaveLength(4); // prettier-ignore
  });

  it('refuses a level that is finer than its stage', () => {
    const given = context([8, 8, 8], [8, 8, 8], {
      levels: [
        { channels: 4, stride: [8, 8, 8] },
        { channels: 4, stride: [2, 2, 2] },
        { channels: 4, stride: [8, 8, 8] },
      ],
    });

    expect(() => new UnetrHead(UnetrConfig.parse({}), given)).toThrow(
      'level of stride [2, 2, 2], which cannot be brought to [4, 4, 4]',
    );
  });

  it('refuses a pyramid of another length', () => {
    const given = context([4, 4, 4], [4, 4, 4]);
    const model = new UnetrHead(UnetrConfig.parse({ featureSize: 1 }), given);

    expect(() => model.logits(volumeNoise([1, 4, 4, 4, 1], 0), pyramidOf(given).slice(1))).toThrow(
      'built for 4 feature levels but got 3',
    );
  });
});

it('starts the same from the same seed, and leaves nothing behind', () => {
  const given = context([4, 4, 4], [4, 4, 4]);
  const before = tf.memory().numTensors;

  const [first, second] = [0, 1].map(
    () => new UnetrHead(UnetrConfig.parse({ featureSize: 2 }), given),
  );
  const values = [first!, second!].map((head) =>
    [...head.namedParameters().values()].map((variable) => variable.dataSync()),
  );
  first!.dispose();
  second!.dispose();
  const volumes = volumeNoise([1, 4, 4, 4, 1], 0);
  const pyramid = pyramidOf(given);
  const third = new UnetrHead(UnetrConfig.parse({ featureSize: 2 }), given);
  const held = tf.memory().numTensors;
  const [logits] = third.logits(volumes, pyramid);

  expect(values[0]).toEqual(values[1]);
  expect(tf.memory().numTensors).toBe(held + 1);
  tf.dispose([logits, volumes, ...pyramid]);
  third.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
