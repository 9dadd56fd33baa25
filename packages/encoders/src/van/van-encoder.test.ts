import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type EncoderContext, type Random } from '@voxmim/core';
import {
  expectClose,
  hiddenVoxels,
  noise,
  randomTokenMask,
  registeredBackends,
  testEncoderConformance,
} from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { VanConfig, vanPresets } from './config.js';
import { VanEncoder } from './van-encoder.js';

const tiny = { patchSize: [1, 2, 2], embedDims: [3, 4], depths: [1, 1], mlpRatios: [2, 1.5] };

function create(options: object, context: Partial<EncoderContext> = {}): VanEncoder {
  return new VanEncoder(parseConfig(VanConfig, { ...tiny, ...options }, 'test'), {
    inputShape: [2, 8, 12],
    inChannels: 2,
    random: createRandom(1),
    ...context,
  });
}

/** All of a preset's parameters, counted with one block of each stage: the whole takes 400 MB. */
function countParameters(options: object): number {
  const whole = parseConfig(VanConfig, options, 'test');
  const { depths } = whole;
  const encoder = create(
    { ...whole, depths: depths.map(() => 1) },
    { inputShape: [32, 32, 32], inChannels: 1 },
  );
  const times = (name: string) => depths[Number(/^block(\d)/.exec(name)?.[1]) - 1] ?? 1;
  const total = [...encoder.namedParameters()].reduce(
    (sum, [name, { size }]) => sum + times(name) * size,
    0,
  );
  encoder.dispose();
  return total;
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  // Sums over many taps crawl on cpu: one norm there.
  const norms = backend === 'cpu' ? ['batch'] : ['batch', 'instance', 'layer'];
  describe.each(norms)('with %s norm', (norm) => {
    const options = { norm, dropPathRate: 0.5 };
    testEncoderConformance({ describe, it }, (random: Random) => create(options, { random }));
  });
});

describe('VanEncoder', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });

  it.each([
    ['MIM-Med3D’s defaults', {}, 20_754_304],
    ['the variant it tries', vanPresets.mimMed3d, 26_296_960],
  ])('counts the parameters of %s', (_, options, expected) => {
    expect(countParameters(options)).toBe(expected);
  });

  it('names its parameters and running statistics as Visual-Attention-Network does', () => {
    const encoder = create({ depths: [1, 1] });
    const names = [...encoder.namedParameters().keys(), ...encoder.namedBuffers().keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        'patch_embed1.proj.weight',
        'patch_embed2.norm.running_var',
        'block1.0.layer_scale_1',
        'block1.0.attn.proj_1.bias',
        'block2.0.attn.spatial_gating_unit.conv_spatial.weight',
        'block2.0.mlp.dwconv.dwconv.weight',
        'norm2.weight',
      ]),
    );
    expect(names.filter((name) => name.startsWith('stages'))).toEqual([]);
  });

  it('hides hidden voxels in training too, where batches are normalized', async () => {
    const encoder = create({});
    const mask = randomTokenMask([2, 4, 6], 2, 24, createRandom(2));
    const token = tf.variable(noise<tf.Rank.R1>([3], 5));
    const volumes = noise<tf.Rank.R5>([2, 2, 8, 12, 2]);
    const encode = (input: tf.Tensor5D) =>
      encoder.encodeWithMaskToken(input, mask, token, { training: true, random: createRandom(3) });

    const change = tf.mul(noise(volumes.shape, 9), hiddenVoxels(mask, [1, 2, 2]));

    const before = encode(volumes);
    const after = encode(tf.add(volumes, change));

    await expectClose(after, before, { absolute: 0, relative: 0 });
  });

  it('sorts parameters into layers from the stem to the last block', () => {
    const encoder = create({ depths: [2, 3] });
    const names = ['patch_embed1.norm.bias', 'block1.0.layer_scale_1', 'block1.1.norm1.weight'];
    const later = ['norm1.bias', 'patch_embed2.proj.weight', 'block2.2.norm1.bias', 'norm2.weight'];
    expect([...names, ...later].map((name) => encoder.layerOf(name))).toEqual([
      0, 1, 2, 2, 3, 5, 5,
    ]);
    expect(encoder.layerCount).toBe(6);
  });

  it.each([
    [{ depths: [1, 1, 1] }, 'depths must have one entry per stage'],
    [{ mlpRatios: [1] }, 'mlpRatios must have one entry per stage'],
    [{ embedDin: [1] }, 'did you mean "embedDims"'],
  ])('refuses %j', (options, message) => {
    expect(() => create(options)).toThrow(message);
  });

  it('refuses an input that its deepest level does not divide', () => {
    expect(() => create({}, { inputShape: [2, 10, 12] })).toThrow('[SHAPE_MISMATCH]');
  });
});
