import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type Encoder } from '@voxmim/core';
import {
  noise,
  randomTokenMask,
  registeredBackends,
  testObjectiveConformance,
  toyEncoder,
} from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { BlankConfig } from './config.js';
import { blankDefinition, BlankObjective } from './blank-objective.js';

const config = BlankConfig.parse({ hiddenDim: 5 });

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  testObjectiveConformance({ describe, it }, (context) => blankDefinition.create(config, context));
});

it('scores tokens that are finer than the cells it predicts from', async () => {
  const random = createRandom(1);
  const sizes = { inputShape: [4, 8, 8], patchSize: [2, 2, 4], stride: [4, 4, 8] } as const;
  const encoder = toyEncoder({ ...sizes, inChannels: 1, embedDim: 3, random });
  const objective = new BlankObjective(encoder, config, random);
  const mask = randomTokenMask(encoder.geometry.gridShape, 2, 8, random);

  const [loss] = await objective.loss(noise<tf.Rank.R5>([2, 4, 8, 8, 1]), mask).data();

  expect(loss).toBeGreaterThan(0);
});

it('refuses an encoder that takes no mask token', () => {
  const random = createRandom(1);
  const sizes = { inputShape: [4, 4, 8], patchSize: [2, 2, 2] } as const;
  const toy = toyEncoder({ ...sizes, inChannels: 1, embedDim: 3, random });
  const { name, geometry, levels, layerCount } = toy;
  const encoder: Encoder = {
    ...{ name, geometry, levels, layerCount, layerOf: () => 0 },
    pyramid: (volumes) => toy.pyramid(volumes),
    namedParameters: () => toy.namedParameters(),
    dispose: () => toy.dispose(),
  };

  expect(() => blankDefinition.create(config, { encoder, random })).toThrow(
    '[UNSUPPORTED_CAPABILITY]',
  );
});
