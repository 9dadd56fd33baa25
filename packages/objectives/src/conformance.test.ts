import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  createRandom,
  parseConfig,
  type Encoder,
  type ObjectiveContext,
  type Random,
} from '@voxmim/core';
import { registeredBackends, testObjectiveConformance, toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { MaeConfig } from './mae/config.js';
import { maeDefinition } from './mae/mae-objective.js';
import { SimclrConfig } from './simclr/config.js';
import { simclrDefinition } from './simclr/simclr-objective.js';
import { SimmimConfig } from './simmim/config.js';
import { simmimDefinition } from './simmim/simmim-objective.js';
import type { Target } from './target.js';

const tinyMae = { decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2, decoderMlpRatio: 1 };

/** Central differences look one voxel beyond. */
const reachOf = ({ lossOn, target }: Target) =>
  lossOn === 'all' ? Infinity : Number(target !== 'voxels');

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each([
    { decoderPositions: 'learned', loss: 'l1', normPixLoss: false, decoderQkvBias: true },
    { decoderPositions: 'sincos', loss: 'l2', normPixLoss: true },
    { decoderPositions: 'sincos', loss: 'smoothL1', normPixLoss: true },
    { decoderPositions: 'learned', lossOn: 'all' },
    { target: 'hog' },
  ])('MAE with %j', (options) => {
    const config = parseConfig(MaeConfig, { ...tinyMae, ...options }, 'test');
    testObjectiveConformance({ describe, it }, (context) => maeDefinition.create(config, context), {
      targetReach: reachOf(config),
    });
  });

  describe.each([
    { loss: 'l1', normPixLoss: false },
    { loss: 'l2', normPixLoss: true },
    { lossOn: 'all' },
    { decoder: 'convolution', decoderDim: 3, target: 'hog', hogCellSize: [1, 2, 2], loss: 'l2' },
    { target: 'gradients' },
  ])('SimMIM with %j', (options) => {
    const config = parseConfig(SimmimConfig, options, 'test');
    testObjectiveConformance(
      { describe, it },
      (context) => simmimDefinition.create(config, context),
      { targetReach: reachOf(config) },
    );
  });

  describe.each([
    { projectionDim: 5, memoryBank: 0 },
    { projectionDim: 4, memoryBank: 7, temperature: 0.1, projectionHiddenDim: 3 },
    { projectionDepth: 0 },
  ])('SimCLR with %j', (options) => {
    const config = parseConfig(SimclrConfig, options, 'test');
    testObjectiveConformance({ describe, it }, (context) =>
      simclrDefinition.create(config, context),
    );
  });
});

describe('objectives from a config', () => {
  it.each([
    ['mae', (context: ObjectiveContext) => maeDefinition.create(MaeConfig.parse({}), context)],
    [
      'simmim',
      (context: ObjectiveContext) => simmimDefinition.create(SimmimConfig.parse({}), context),
    ],
  ])('%s refuses an encoder without the capability it needs', (_name, create) => {
    const random = createRandom(1);
    expect(() => create({ encoder: plainEncoder(random), random })).toThrow(
      '[UNSUPPORTED_CAPABILITY]',
    );
  });
});

function plainEncoder(random: Random): Encoder {
  const toy = toyEncoder({
    inputShape: [4, 4, 8],
    inChannels: 1,
    patchSize: [2, 2, 2],
    embedDim: 3,
    random,
  });
  const { name, geometry, levels, layerCount } = toy;
  return {
    ...{ name, geometry, levels, layerCount },
    layerOf: () => 0,
    pyramid: (volumes) => toy.pyramid(volumes),
    namedParameters: () => toy.namedParameters(),
    dispose: () => toy.dispose(),
  };
}
