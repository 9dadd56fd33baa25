import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type Shape3 } from '@voxmim/core';
import { registeredBackends, testHeadConformance, type HeadCase } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { BlankConfig } from './config.js';
import { BlankHead } from './blank-head.js';

const config = BlankConfig.parse({ channels: 4 });

function place(strides: readonly Shape3[]): HeadCase {
  const levels = strides.map((stride, index) => ({ channels: 3 + index, stride }));
  return { levels, inputShape: [4, 4, 8], inChannels: 2, numClasses: 3 };
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each<[string, HeadCase]>([
    ['one level', place([[2, 4, 4]])],
    ['a pyramid', place([[2, 2, 2], [2, 4, 4], [2, 4, 8]])], // prettier-ignore
  ])('over %s', (_, where) => {
    testHeadConformance({ describe, it }, (context) => new BlankHead(config, context), where);
  });
});

it('refuses a pyramid of another length', () => {
  const where = place([[2, 4, 4]]);
  const head = new BlankHead(config, { ...where, random: createRandom(1) });

  expect(() => head.logits(tf.zeros([1, 4, 4, 8, 2]), [])).toThrow('[SHAPE_MISMATCH]');
});
