import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import type { Random, VisibleTokenEncoder } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { testEncoderConformance } from './encoder-conformance.js';
import { toyEncoder } from './toy-encoder.js';

const create = (random: Random) =>
  toyEncoder({
    inputShape: [4, 8, 12],
    inChannels: 2,
    patchSize: [2, 4, 4],
    embedDim: 3,
    random,
  });

/** The names of the kit's tests that fail. */
async function failures(broken: (random: Random) => VisibleTokenEncoder): Promise<string[]> {
  const failed: string[] = [];
  const tests: [string, () => Promise<void>][] = [];
  const it = (name: string, body: () => Promise<void>) => tests.push([name, body]);
  testEncoderConformance({ describe: (_, body) => body(), it }, broken);
  for (const [name, body] of tests) await body().catch(() => failed.push(name));
  return failed;
}

testEncoderConformance({ describe, it }, create);

describe('the encoder kit', () => {
  it('fails an encoder whose visible tokens know a hidden voxel', async () => {
    const leaky = (random: Random): VisibleTokenEncoder => {
      const sound = create(random);
      const peek = (volumes: tf.Tensor5D, tokens: tf.Tensor3D) =>
        tf.add<tf.Tensor3D>(tokens, tf.mul(tf.mean(volumes), 0.01));
      return {
        ...sound,
        encodeVisible: (volumes, mask) =>
          tf.tidy(() => peek(volumes, sound.encodeVisible(volumes, mask))),
      };
    };
    expect(await failures(leaky)).toEqual(['leaves out hidden tokens rightly, where it can']);
  });

  it('fails an encoder that leaks tensors', async () => {
    const leaky = (random: Random): VisibleTokenEncoder => {
      const sound = create(random);
      return { ...sound, pyramid: (volumes) => (tf.scalar(1), sound.pyramid(volumes)) };
    };
    expect(await failures(leaky)).toContain(
      'shapes its pyramid as its levels say, and leaks nothing',
    );
  });

  it('fails an encoder with a parameter that learns nothing', async () => {
    const idle = (random: Random): VisibleTokenEncoder => {
      const sound = create(random);
      const spare = tf.tidy(() => tf.variable(tf.scalar(1)));
      return {
        ...sound,
        namedParameters: () => new Map([...sound.namedParameters(), ['cls_token', spare]]),
        dispose: () => tf.dispose([...sound.namedParameters().values(), spare]),
      };
    };
    expect(await failures(idle)).toEqual(['sends a gradient to every parameter']);
  });

  it('fails an encoder that mixes the samples of a batch', async () => {
    const mixed = (random: Random): VisibleTokenEncoder => {
      const sound = create(random);
      const blend = (level: tf.Tensor5D) => tf.sub<tf.Tensor5D>(level, tf.mean(level, 0, true));
      return { ...sound, pyramid: (volumes) => tf.tidy(() => sound.pyramid(volumes).map(blend)) };
    };
    expect(await failures(mixed)).toContain('treats the samples of a batch apart');
  });
});
