import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import type { Shape3 } from '@voxmim/core';
import { registeredBackends, testHeadConformance, type HeadCase } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { lightDefinition } from './light/light-head.js';
import { swinUnetrDefinition } from './swin-unetr/swin-unetr-head.js';
import { unetrDefinition } from './unetr/unetr-head.js';
import { upernetDefinition } from './upernet/upernet-head.js';

function place(strides: readonly Shape3[]): HeadCase {
  const levels = strides.map((stride, index) => ({ channels: 3 + index, stride }));
  return { levels, inputShape: [4, 4, 8], inChannels: 2, numClasses: 3 };
}

const places: [string, HeadCase][] = [
  ['one level', place([[2, 4, 4]])],
  ['even levels', place(Array.from({ length: 4 }, (): Shape3 => [2, 4, 4]))],
  ['a pyramid', place([[2, 2, 2], [2, 4, 4], [2, 4, 8]])], // prettier-ignore
];

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each(places)('unetr over %s', (_, where) => {
    const config = unetrDefinition.config.parse({ featureSize: 2, deepSupervision: true });
    testHeadConformance(
      { describe, it },
      (context) => unetrDefinition.create(config, context),
      where,
    );
  });

  describe.each(places)('upernet over %s', (_, where) => {
    const options = { channels: 8, channelsPerGroup: 4, poolScales: [1, 2], dropRate: 0 };
    const config = upernetDefinition.config.parse({ ...options, deepSupervision: true });
    testHeadConformance(
      { describe, it },
      (context) => upernetDefinition.create(config, context),
      where,
    );
  });

  describe.each<[string, HeadCase]>([
    ['one level', place([[2, 4, 4]])],
    ['a pyramid', place([[2, 2, 2], [2, 4, 4], [2, 4, 8]])], // prettier-ignore
  ])('swinUnetr over %s', (_, where) => {
    const config = swinUnetrDefinition.config.parse({ featureSize: 2, deepSupervision: true });
    testHeadConformance(
      { describe, it },
      (context) => swinUnetrDefinition.create(config, context),
      where,
    );
  });

  describe.each(['deepest', 'all'] as const)('light over %s', (levels) => {
    const config = lightDefinition.config.parse({ levels });
    const where = place([[2, 2, 2], [2, 4, 8]]); // prettier-ignore
    testHeadConformance(
      { describe, it },
      (context) => lightDefinition.create(config, context),
      where,
    );
  });
});
