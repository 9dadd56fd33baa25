import '@tensorflow/tfjs-backend-cpu';

import { createRandom, Registry, type Encoder, type EncoderContext } from '@voxmim/core';
import { expectNoLeak } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { swinDefinition } from '../swin/swin-encoder.js';
import { vanDefinition } from '../van/van-encoder.js';
import { vitDefinition } from '../vit/vit-encoder.js';
import { identityDefinition } from './identity-encoder.js';

const encoders = new Registry<EncoderContext, Encoder>('encoder')
  .register(vitDefinition)
  .register(swinDefinition)
  .register(vanDefinition);
encoders.register(identityDefinition(encoders));

const context = () => ({
  ...{ inputShape: [8, 8, 8] as const, inChannels: 1 },
  random: createRandom(0, 'encoder'),
});
const swin = {
  name: 'swin',
  ...{ patchSize: [2, 2, 2], embedDim: 6, depths: [1, 1], numHeads: [1, 1] },
  windowSize: [2, 2, 2],
};

it.each([
  { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 4, numHeads: 2 },
  swin,
  { name: 'van', patchSize: [2, 2, 2], embedDims: [4, 8], depths: [1, 1], mlpRatios: [1, 1] },
])('has the levels of $name, and each cell knows of itself alone', (like) => {
  const model = encoders.create(like, context());
  const identity = encoders.create({ name: 'identity', like }, context());
  const [empty, spot] = [tf.zeros([1, 8, 8, 8, 1]), tf.buffer([1, 8, 8, 8, 1])];
  spot.set(1, 0, 0, 0, 0, 0);

  const found = identity.pyramid(spot.toTensor() as tf.Tensor5D);
  const without = identity.pyramid(empty as tf.Tensor5D);

  expect(identity.levels).toEqual(model.levels);
  expect(found.map(({ shape }) => shape)).toEqual(
    model.pyramid(empty as tf.Tensor5D).map(({ shape }) => shape),
  );
  found.forEach((level, at) => {
    const changed = tf.any(tf.notEqual(level, without[at]!), -1).dataSync();
    expect([...changed].filter(Boolean)).toHaveLength(1);
    expect(changed[0]).toBe(1);
  });
  [model, identity].forEach((encoder) => encoder.dispose());
});

it('leaves nothing behind', () => {
  expectNoLeak(() => encoders.create({ name: 'identity', like: swin }, context()).dispose());
});
