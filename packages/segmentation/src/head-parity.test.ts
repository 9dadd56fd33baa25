import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  createRandom,
  type FeatureLevel,
  type HeadContext,
  type SegmentationHead,
} from '@voxmim/core';
import { hashedNoise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/segmentation-heads.py.
import golden from '../fixtures/heads.json' with { type: 'json' };
import { SwinUnetrHead } from './swin-unetr/swin-unetr-head.js';
import { UpernetConfig } from './upernet/upernet-config.js';
import { UpernetHead } from './upernet/upernet-head.js';

/** Of the largest number of a tensor; the references are in double precision. */
const tolerance = 1e-4;

interface GoldenHead {
  readonly volume: number[];
  readonly shape: number[];
  readonly logits: number[];
  readonly parameters: { name: string; shape: number[]; gradient: number[] }[];
  readonly levels: { shape: number[]; gradient: number[] }[];
}

function numbers(shape: readonly number[], seed: number, scale = 1): tf.Tensor {
  return hashedNoise(shape as [number], seed, scale);
}

function volumes(shape: readonly number[], seed: number): tf.Tensor5D {
  const [b, d, h, w, c] = shape;
  return hashedNoise([b!, d!, h!, w!, c!], seed);
}

function contextOf({ volume, shape, levels }: GoldenHead): HeadContext {
  const [, depth, height, width, inChannels] = volume;
  const featureLevels = levels.map(({ shape: level }): FeatureLevel => ({
    channels: level[4]!,
    stride: [depth! / level[1]!, height! / level[2]!, width! / level[3]!],
  }));
  return {
    levels: featureLevels,
    inputShape: [depth!, height!, width!],
    inChannels: inChannels!,
    numClasses: shape[4]!,
    random: createRandom(1),
  };
}

/** As the script draws them. */
function drawWeights(head: SegmentationHead, { parameters }: GoldenHead): void {
  const variables = head.namedParameters();
  for (const [index, { name, shape }] of parameters.entries()) {
    const scale = shape.length === 1 ? 0.3 : Math.sqrt(3 / tf.util.sizeFromShape(shape.slice(1)));
    const value = numbers(shape, index, scale);
    variables.get(name)!.assign(name.endsWith('gn.weight') ? tf.add(value, 1) : value);
  }
}

function relativeError(actual: tf.Tensor, expected: readonly number[]): number {
  const values = actual.dataSync();
  const step = 1 + Math.floor(values.length / 64);
  const scale = Math.max(...expected.map(Math.abs)) || 1;
  expect(Math.ceil(values.length / step)).toBe(expected.length);
  return Math.max(...expected.map((value, at) => Math.abs(value - values[at * step]!))) / scale;
}

type Create = (context: HeadContext) => SegmentationHead;
const heads: [string, GoldenHead, Create][] = [
  [
    'Swin UNETR',
    golden.swinUnetr,
    (context) => new SwinUnetrHead({ deepSupervision: false }, context),
  ],
  ...golden.upernet.map((item, index): [string, GoldenHead, Create] => {
    const small = { channels: 8, channelsPerGroup: 4, poolScales: [1, 2, 3] };
    const config = UpernetConfig.parse({ ...small, cascaded: item.cascaded });
    return [`UPerNet ${index}`, item, (context) => new UpernetHead(config, context)];
  }),
];

describe.each(heads)('%s', (_, item, create) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });

  it('has the parameters of the reference', () => {
    const ours = [...create(contextOf(item)).namedParameters()];

    const named = (list: readonly { name: string; shape: number[] }[]) =>
      list.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).sort();
    expect(named(ours.map(([name, { shape }]) => ({ name, shape })))).toEqual(
      named(item.parameters),
    );
  });

  it('gives its scores and gradients', () => {
    const head = create(contextOf(item));
    drawWeights(head, item);
    const parameters = head.namedParameters();
    const levels = item.levels.map(({ shape }, index) => volumes(shape, 100 + index));
    const image = volumes(item.volume, 200);
    const weights = numbers(item.shape, 300);

    const logits = head.logits(image, levels)[0];
    const { grads } = tf
      .engine()
      .gradients<tf.Tensor>(
        () => tf.sum(tf.mul(head.logits(image, levels)[0], weights)),
        [...levels, ...item.parameters.map(({ name }) => parameters.get(name)!)],
      );

    expect(logits.shape).toEqual(item.shape);
    expect(relativeError(logits, item.logits)).toBeLessThan(tolerance);
    const errors = [...item.levels, ...item.parameters].map(({ gradient }, index) =>
      relativeError(grads[index]!, gradient),
    );
    expect(Math.max(...errors)).toBeLessThan(tolerance);
  });
});
