import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';

import { createRandom, type Encoder, type ForwardContext } from '@voxmim/core';
import { expectNoLeak, noise, toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { SegmentationLossConfig } from './loss/loss-config.js';
import { segmentationLoss } from './loss/segmentation-loss.js';
import { Segmenter } from './segmenter.js';
import { unetrDefinition } from './unetr/unetr-head.js';

const inputShape = [4, 8, 4] as const;

function segmenter(deepSupervision = false): Segmenter {
  const random = createRandom(3);
  const encoder = toyEncoder({
    inputShape,
    inChannels: 1,
    patchSize: [2, 4, 4],
    embedDim: 6,
    random,
  });
  // The toy has one level; three of it make a pyramid.
  const threefold: Encoder = {
    ...encoder,
    levels: [0, 1, 2].flatMap(() => encoder.levels),
    pyramid: (volumes) => [0, 1, 2].flatMap(() => encoder.pyramid(volumes)),
  };
  const config = unetrDefinition.config.parse({ featureSize: 2, deepSupervision });
  const head = unetrDefinition.create(config, {
    levels: threefold.levels,
    inputShape,
    inChannels: 1,
    numClasses: 3,
    random,
  });
  return new Segmenter(threefold, head);
}

beforeAll(async () => {
  expect(await tf.setBackend('wasm')).toBe(true);
});

it('names what the encoder and the head hold', () => {
  const model = segmenter();

  const names = [...model.namedParameters().keys()];

  expect(names.slice(0, 3)).toEqual([
    'encoder.stem',
    'encoder.position',
    'head.encoder1.layer.conv1.conv.weight',
  ]);
  expect(names.at(-1)).toBe('head.out.conv.conv.bias');
  model.dispose();
});

it('scores full resolution at inference, and coarser ones in training where asked', () => {
  const model = segmenter(true);
  const volumes = noise<tf.Rank.R5>([2, ...inputShape, 1]);
  const training: ForwardContext = { training: true, random: createRandom(1) };

  const still = model.logits(volumes);
  const learning = model.logits(volumes, training);

  expect(still.map(({ shape }) => shape)).toEqual([[2, 4, 8, 4, 3]]);
  expect(learning.map(({ shape }) => shape)).toEqual([
    [2, 4, 8, 4, 3],
    [2, 2, 4, 2, 3],
  ]);
  expect(model.predict(volumes).shape).toEqual([2, 4, 8, 4, 3]);
  model.dispose();
});

it('learns to tell two halves of a volume apart', () => {
  const model = segmenter();
  const volumes = noise<tf.Rank.R5>([1, ...inputShape, 1]);
  const labels: tf.Tensor4D = tf.tensor(
    Int32Array.from({ length: 128 }, (_, index) => (index < 64 ? 0 : 1)),
    [1, ...inputShape],
    'int32',
  );
  const config = SegmentationLossConfig.parse(undefined);
  const optimizer = tf.train.adam(0.02);
  const variables = [...model.namedParameters().values()];
  const loss = () => segmentationLoss(model.logits(volumes), labels, config);

  const before = loss().dataSync()[0]!;
  for (let step = 0; step < 40; step++) optimizer.minimize(loss, false, variables);

  expect(loss().dataSync()[0]).toBeLessThan(before / 2);
  model.dispose();
});

it('leaves no tensor behind, and frees both parts', () => {
  const before = tf.memory().numTensors;
  const model = segmenter();
  const volumes = noise<tf.Rank.R5>([1, ...inputShape, 1]);

  expectNoLeak(() => model.logits(volumes));
  volumes.dispose();
  model.dispose();

  expect(tf.memory().numTensors).toBe(before);
});
