import {
  createRandom,
  encodesVisible,
  encodesWithMaskToken,
  volumeOf,
  zipAxes,
  type Encoder,
  type Random,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';
import { testMaskTokenEncoder, testVisibleTokenEncoder } from './masked-encoder-conformance.js';
import { noise } from './noise.js';
import { copyWeights, expectGradientsFor, expectNamed, takeValues, weighed } from './probes.js';
import { expectClose, expectNoLeak } from './tensors.js';
import type { TestRunner } from './test-runner.js';

/**
 * Declares the tests that every encoder must pass, on the backend that is set when they run.
 *
 * @param create builds the smallest useful instance; its initial weights must come from `random`.
 *   Give it a grid that is not cubic: cubes hide swapped axes
 *
 * @example
 * testEncoderConformance({ describe, it }, (random) =>
 *   new MyEncoder(tinyConfig, { inputShape: [8, 4, 12], inChannels: 2, random }));
 */
export function testEncoderConformance(
  runner: TestRunner,
  create: (random: Random) => Encoder,
): void {
  runner.describe('encoder contract', () => {
    const it = (name: string, body: (encoder: Encoder) => Promise<void>) =>
      runner.it(name, async () => {
        const encoder = create(createRandom(1));
        await body(encoder);
        encoder.dispose();
      });
    testGeometry(it);
    testParameters(it, create);
    testPyramid(it);
    it('leaves out hidden tokens rightly, where it can', async (encoder) => {
      if (encodesVisible(encoder)) await testVisibleTokenEncoder(encoder);
    });
    it('takes a mask token rightly, where it can', async (encoder) => {
      if (encodesWithMaskToken(encoder)) await testMaskTokenEncoder(encoder);
    });
  });
}

type Declare = (name: string, body: (encoder: Encoder) => Promise<void>) => void;

function testGeometry(it: Declare): void {
  it('has a grid that its patches tile and levels that never get finer', async (encoder) => {
    const { geometry, levels, name } = encoder;
    const { inputShape, gridShape, patchSize } = geometry;
    expectThat(name.length > 0, () => 'An encoder needs a name.');
    expectThat(volumeOf(gridShape) > 1, () => 'Give the kit an encoder of more than one token.');
    const product = zipAxes(gridShape, patchSize, (extent, size) => extent * size);
    expectSame(product, inputShape, 'gridShape × patchSize');
    expectThat(levels.length > 0, () => 'An encoder needs at least one level.');
    levels.forEach((level, index) => {
      const before = levels[index - 1]?.stride ?? [1, 1, 1];
      const falls = level.stride.some((extent, axis) => extent < (before[axis] ?? 1));
      expectThat(!falls, () => `Level ${index} is finer than the one before.`);
    });
    await Promise.resolve();
  });

  it('puts every parameter in one of its layers', async (encoder) => {
    const layers = [...encoder.namedParameters().keys()].map((path) => encoder.layerOf(path));
    const sound = (layer: number) =>
      Number.isInteger(layer) && layer >= 0 && layer < encoder.layerCount;
    expectThat(layers.every(sound), () => `Layers ${layers.join()} of ${encoder.layerCount}.`);
    expectThat(layers.includes(0), () => 'No parameter is in layer 0, the embedding.');
    await Promise.resolve();
  });
}

function testParameters(it: Declare, create: (random: Random) => Encoder): void {
  it('names its parameters', async (encoder) => {
    expectNamed(encoder);
    await Promise.resolve();
  });

  it('sends a gradient to every parameter', async (encoder) => {
    const volumes = inputs(encoder);
    await expectGradientsFor(encoder, () => tf.tidy(() => weighed(encoder.pyramid(volumes))));
    volumes.dispose();
  });

  it('starts from the random stream alone, and its weights are all it is', async (encoder) => {
    const volumes = inputs(encoder);
    const [same, other] = [create(createRandom(1)), create(createRandom(2))];
    const expected = await takeValues(encoder.pyramid(volumes));
    await expectClose(await takeValues(same.pyramid(volumes)), expected, exactly);
    expectThat(
      JSON.stringify(await takeValues(other.pyramid(volumes))) !== JSON.stringify(expected),
      () => 'Another random stream gave the same weights.',
    );
    copyWeights(encoder, other);
    await expectClose(await takeValues(other.pyramid(volumes)), expected, exactly);
    same.dispose();
    other.dispose();
    volumes.dispose();
  });

  it('frees all it made', async () => {
    expectNoLeak(() => {
      create(createRandom(1)).dispose();
      return [];
    });
    await Promise.resolve();
  });
}

function testPyramid(it: Declare): void {
  it('shapes its pyramid as its levels say, and leaks nothing', async (encoder) => {
    const volumes = inputs(encoder);
    const pyramid = encoder.pyramid(volumes);
    const expected = encoder.levels.map(({ stride, channels }) => [
      2,
      ...zipAxes(encoder.geometry.inputShape, stride, (extent, size) => extent / size),
      channels,
    ]);
    expectSame(
      pyramid.map((level) => level.shape),
      expected,
      'shapes of the levels',
    );
    tf.dispose(pyramid);
    expectNoLeak(() => encoder.pyramid(volumes));
    volumes.dispose();
    await Promise.resolve();
  });

  it('treats the samples of a batch apart', async (encoder) => {
    const volumes = inputs(encoder);
    const first = tf.slice(volumes, 0, 1);
    const [both, alone] = [encoder.pyramid(volumes), encoder.pyramid(first)];
    const firstOfBoth = both.map((level) => tf.slice(level, 0, 1));
    await expectClose(await takeValues(firstOfBoth), await takeValues(alone));
    tf.dispose([both, first, volumes]);
  });

  it('runs in training as the stream of its context says', async (encoder) => {
    const volumes = inputs(encoder);
    const run = () => encoder.pyramid(volumes, { training: true, random: createRandom(3) });
    await expectClose(await takeValues(run()), await takeValues(run()), exactly);
    expectNoLeak(run);
    volumes.dispose();
  });
}

const exactly = { absolute: 0, relative: 0 };

function inputs({ geometry: { inputShape, inChannels } }: Encoder): tf.Tensor5D {
  return noise<tf.Rank.R5>([2, ...inputShape, inChannels]);
}
