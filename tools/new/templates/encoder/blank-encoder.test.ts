import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type Random } from '@voxmim/core';
import { registeredBackends, testEncoderConformance } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { BlankConfig } from './config.js';
import { BlankEncoder } from './blank-encoder.js';

/** No two extents alike: cubes hide swapped axes. */
function create(random: Random): BlankEncoder {
  const config = BlankConfig.parse({ patchSize: [2, 2, 4], embedDim: 4, depth: 2 });
  return new BlankEncoder(config, { inputShape: [4, 6, 16], inChannels: 2, random });
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  testEncoderConformance({ describe, it }, create);
});

it('puts every convolution into a layer of its own', () => {
  const encoder = create(createRandom(1));

  expect(encoder.layerCount).toBe(3);
  expect(encoder.layerOf('patch_embed.proj.weight')).toBe(0);
  expect(encoder.layerOf('norms.0.weight')).toBe(1);
  expect(encoder.layerOf('convs.1.bias')).toBe(2);
});

it('refuses volumes of another shape', () => {
  const encoder = create(createRandom(1));

  expect(() => encoder.pyramid(tf.zeros([1, 4, 6, 8, 2]))).toThrow('[SHAPE_MISMATCH]');
});
