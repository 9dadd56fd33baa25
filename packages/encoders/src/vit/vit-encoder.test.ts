import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type EncoderContext, type Random } from '@voxmim/core';
import { noise, registeredBackends, testEncoderConformance } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { VitConfig, vitPresets } from './config.js';
import { VitEncoder } from './vit-encoder.js';

const tiny = {
  patchSize: [2, 4, 4],
  embedDim: 12,
  depth: 2,
  numHeads: 2,
  mlpRatio: 2,
};

function create(options: object, context: Partial<EncoderContext> = {}): VitEncoder {
  return new VitEncoder(parseConfig(VitConfig, { ...tiny, ...options }, 'test'), {
    inputShape: [4, 8, 12],
    inChannels: 2,
    random: createRandom(1),
    ...context,
  });
}

function sizes(encoder: VitEncoder): Record<string, number> {
  const parameters = [...encoder.namedParameters()];
  return Object.fromEntries(parameters.map(([name, { size }]) => [name, size]));
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each([
    { positions: 'learned', qkvBias: false, dropPathRate: 0.5, finalNorm: true },
    { positions: 'sincos', qkvBias: true, dropPathRate: 0, finalNorm: false },
    { positions: 'sincos', classToken: true },
    { positions: 'learned', classToken: true },
  ])('with %j', (options) => {
    testEncoderConformance({ describe, it }, (random: Random) => create(options, { random }));
  });
});

describe('VitEncoder', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('counts 88,340,736 parameters as ViT-B/16 at 96³, MONAI’s less its unused class token', () => {
    // One block of the real width; the others are alike. A whole one would take 350 MB.
    const encoder = create(
      { ...vitPresets.base, patchSize: [16, 16, 16], mlpRatio: 4, depth: 1, levelBlocks: [] },
      { inputShape: [96, 96, 96], inChannels: 1 },
    );
    const counts = Object.entries(sizes(encoder));
    const total = (prefix: RegExp) =>
      counts.filter(([name]) => prefix.test(name)).reduce((sum, [, size]) => sum + size, 0);

    expect(total(/^patch_embed/)).toBe(3_146_496);
    expect(total(/^pos_embed/)).toBe(165_888);
    expect(total(/^blocks/)).toBe(7_085_568);
    expect(total(/^norm/)).toBe(1_536);
    expect(total(/^(patch|pos|norm)/) + 12 * total(/^blocks/)).toBe(88_341_504 - 768);
    encoder.dispose();
  });

  it('names its parameters as timm does', () => {
    expect(Object.keys(sizes(create({ depth: 1, levelBlocks: [] })))).toEqual([
      'patch_embed.proj.weight',
      'patch_embed.proj.bias',
      'pos_embed',
      'blocks.0.norm1.weight',
      'blocks.0.norm1.bias',
      'blocks.0.attn.qkv.weight',
      'blocks.0.attn.proj.weight',
      'blocks.0.attn.proj.bias',
      'blocks.0.norm2.weight',
      'blocks.0.norm2.bias',
      'blocks.0.mlp.fc1.weight',
      'blocks.0.mlp.fc1.bias',
      'blocks.0.mlp.fc2.weight',
      'blocks.0.mlp.fc2.bias',
      'norm.weight',
      'norm.bias',
    ]);
  });

  it('has a class token on request, which no level holds and no mask hides', async () => {
    const encoder = create({ classToken: true, depth: 1, finalNorm: false });
    expect(sizes(encoder)).toMatchObject({ cls_token: 12, pos_embed: 13 * 12 });
    expect(encoder.layerOf('cls_token')).toBe(0);
    const volumes = noise<tf.Rank.R5>([1, 4, 8, 12, 2]);
    const hidden = Uint8Array.of(0, ...Array<number>(11).fill(1));
    const mask = {
      ...{ batchSize: 1, gridShape: [2, 2, 3] as const, hidden, visibleIds: Int32Array.of(0) },
      hiddenIds: Int32Array.from({ length: 11 }, (_, index) => index + 1),
    };
    const encode = () => [encoder.encodeVisible(volumes, mask), ...encoder.pyramid(volumes)];
    const before = encode();
    expect(before.map(({ shape }) => shape)).toEqual([
      [1, 1, 12],
      ...Array.from({ length: 4 }, () => [1, 2, 2, 3, 12]),
    ]);

    encoder.clsToken!.assign(noise<tf.Rank.R3>([1, 1, 12], 3));

    for (const [index, after] of encode().entries()) {
      const change = tf.max(tf.abs(tf.sub(after, before[index]!)));
      expect((await change.data())[0]).toBeGreaterThan(1e-4);
    }
  });

  it('saves fixed positions as a buffer', () => {
    const encoder = create({ positions: 'sincos' });
    expect([...encoder.namedBuffers().keys()]).toEqual(['pos_embed']);
    expect(encoder.namedParameters().has('pos_embed')).toBe(false);
  });

  it.each([
    { depth: 12, blocks: [4, 7, 10] },
    { depth: 24, blocks: [7, 13, 19] },
    { depth: 4, blocks: [2, 3, 4] },
    { depth: 2, blocks: [1, 1, 2] },
  ])('takes the levels of depth $depth after blocks $blocks', async ({ depth, blocks }) => {
    const encoder = create({ depth });
    const chosen = create({ depth, levelBlocks: blocks });
    const volumes = noise<tf.Rank.R5>([1, 4, 8, 12, 2]);
    const levels = encoder.pyramid(volumes);

    expect(levels).toHaveLength(4);
    for (const [index, level] of chosen.pyramid(volumes).entries()) {
      expect([...(await level.data())]).toEqual([...(await levels[index]!.data())]);
    }
  });

  it('layer-norms the levels before the last on request, and leaves the last as it is', async () => {
    const volumes = noise<tf.Rank.R5>([1, 4, 8, 12, 2]);
    const [raw, normed] = [create({}), create({ levelNorm: true })].map((encoder) =>
      encoder.pyramid(volumes),
    );
    for (const level of normed!.slice(0, -1)) {
      const { mean, variance } = tf.moments(level, -1);
      expect(Math.max(...(await tf.abs(mean).data()))).toBeLessThan(1e-5);
      expect(Math.min(...(await variance.data()))).toBeGreaterThan(0.9);
    }
    expect([...(await normed!.at(-1)!.data())]).toEqual([...(await raw!.at(-1)!.data())]);
    expect([...(await normed![0]!.data())]).not.toEqual([...(await raw![0]!.data())]);
  });

  it('starts linear layers by their width on request', async () => {
    const spreadOf = async (init: string) => {
      const { patchEmbed, blocks } = create({ init, embedDim: 96, depth: 1 });
      const { attn, mlp } = blocks[0]!;
      const deviations = [patchEmbed.proj, attn.proj, mlp.fc1].map(({ weight }) =>
        tf.sqrt(tf.moments(weight).variance).data(),
      );
      return (await Promise.all(deviations)).map(([value]) => value);
    };
    const xavier = [64 + 96, 96 + 96, 96 + 192].map((fans) => Math.sqrt(2 / fans));
    for (const [index, value] of (await spreadOf('xavier')).entries())
      expect(value).toBeCloseTo(xavier[index]!, 2);
    for (const value of await spreadOf('normal')) expect(value).toBeCloseTo(0.02, 2);
  });

  it('sorts parameters into the layers of MAE fine-tuning', () => {
    const encoder = create({ depth: 2 });
    const layers = ['pos_embed', 'patch_embed.proj.weight', 'blocks.0.mlp.fc1.bias'];
    expect(layers.map((name) => encoder.layerOf(name))).toEqual([0, 0, 1]);
    expect(encoder.layerOf('blocks.1.norm1.weight')).toBe(encoder.layerCount - 1);
    expect(encoder.layerOf('norm.weight')).toBe(encoder.layerCount - 1);
  });

  it('gives the mask token its positions', async () => {
    const encoder = create({ depth: 1, finalNorm: false });
    const token = tf.variable(tf.zeros<tf.Rank.R1>([12]));
    const mask = {
      batchSize: 1,
      gridShape: [2, 2, 3] as const,
      hidden: Uint8Array.of(0, ...Array<number>(11).fill(1)),
      visibleIds: Int32Array.of(0),
      hiddenIds: Int32Array.from({ length: 11 }, (_, index) => index + 1),
    };
    const encoded = encoder.encodeWithMaskToken(noise([1, 4, 8, 12, 2]), mask, token);
    const rows = (await tf.reshape(encoded, [12, 12]).array()) as number[][];
    expect(rows[3]).not.toEqual(rows[4]);
  });

  it.each([
    [{ numHeads: 5 }, 'numHeads'],
    [{ embedDim: 16, positions: 'sincos' }, 'embedDim'],
    [{ levelBlocks: [1, 3] }, 'levelBlocks'],
    [{ levelBlocks: [2, 1] }, 'levelBlocks'],
    [{ embedDin: 12 }, 'did you mean "embedDim"'],
  ])('refuses %j', (options, message) => {
    expect(() => create(options)).toThrow(message);
  });

  it('refuses volumes and masks of another size', () => {
    const encoder = create({});
    expect(() => encoder.pyramid(tf.zeros([1, 4, 8, 8, 2]))).toThrow('[SHAPE_MISMATCH]');
    const mask = {
      batchSize: 2,
      gridShape: [2, 2, 2] as const,
      hidden: new Uint8Array(16),
      visibleIds: new Int32Array(8),
      hiddenIds: new Int32Array(8),
    };
    expect(() => encoder.encodeVisible(tf.zeros([2, 4, 8, 12, 2]), mask)).toThrow(
      '[SHAPE_MISMATCH]',
    );
  });
});
