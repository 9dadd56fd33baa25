import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  createRandom,
  parseConfig,
  type EncoderContext,
  type Random,
  type Shape3,
} from '@voxmim/core';
import {
  expectClose,
  expectGradients,
  noise,
  registeredBackends,
  testEncoderConformance,
} from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { SwinConfig, swinPresets } from './config.js';
import { relativeBias } from './relative-bias.js';
import { roll } from './roll.js';
import { SwinEncoder } from './swin-encoder.js';
import { windowLayout, windowMask } from './window-layout.js';

const tiny = {
  patchSize: [1, 2, 2],
  embedDim: 6,
  depths: [2, 1],
  numHeads: [1, 2],
  windowSize: [2, 3, 2],
  mlpRatio: 2,
};

function create(options: object, context: Partial<EncoderContext> = {}): SwinEncoder {
  return new SwinEncoder(parseConfig(SwinConfig, { ...tiny, ...options }, 'test'), {
    inputShape: [4, 8, 8],
    inChannels: 2,
    random: createRandom(1),
    ...context,
  });
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each([
    { merging: 'isotropic', levels: 'stages', patchNorm: true, qkvBias: true, dropPathRate: 0.5 },
    {
      ...{ merging: 'inPlane', levels: 'swinUnetr', stageConvolution: true },
      ...{ patchNorm: false, qkvBias: false, dropPathRate: 0 },
    },
  ])('with %j', (options) => {
    testEncoderConformance({ describe, it }, (random: Random) => create(options, { random }));
  });

  it('roll and relativeBias have the right gradients', async () => {
    await expectGradients(
      (x) => roll(x as tf.Tensor5D, [1, -2, 0]),
      [noise<tf.Rank.R5>([1, 2, 3, 2, 2])],
    );
    await expectGradients(
      (table) => relativeBias(table as tf.Tensor2D, [2, 3, 2], [1, 2, 2]),
      [noise<tf.Rank.R2>([3 * 5 * 3, 2])],
    );
  });
});

describe('relativeBias', () => {
  it.each([[[2, 3, 2]], [[1, 2, 2]], [[2, 1, 1]]] as [Shape3][])(
    'gives each pair of a window of %j the row of its offset',
    async (window) => {
      const size: Shape3 = [2, 3, 2];
      // Every row of the table holds its own offset as a number.
      const code = (offset: number[]) => offset[0]! * 100 + offset[1]! * 10 + offset[2]!;
      const rows: number[][] = [];
      for (let d = -1; d <= 1; d++)
        for (let h = -2; h <= 2; h++)
          for (let w = -1; w <= 1; w++) rows.push([code([d, h, w]), -code([d, h, w])]);
      const cells: number[][] = [];
      for (let d = 0; d < window[0]; d++)
        for (let h = 0; h < window[1]; h++)
          for (let w = 0; w < window[2]; w++) cells.push([d, h, w]);

      const bias = (await relativeBias(tf.tensor2d(rows), size, window).array())[0]!;

      cells.forEach((row, i) =>
        cells.forEach((column, j) => {
          const offset = row.map((at, axis) => at - column[axis]!);
          expect(bias[0]![i]![j]).toBe(code(offset));
          expect(bias[1]![i]![j]! + code(offset)).toBe(0);
        }),
      );
    },
  );
});

describe('windows', () => {
  it('shrink to the grid, unshifted, where that is smaller', () => {
    expect(windowLayout([2, 6, 3], [4, 4, 3], true)).toEqual({
      gridShape: [2, 6, 3],
      windowShape: [2, 4, 3],
      shift: [0, 2, 0],
      paddedShape: [2, 8, 3],
    });
  });

  it('need no mask where windows tile an unshifted grid', () => {
    expect(windowMask(windowLayout([4, 4, 4], [2, 2, 2], false))).toBeNull();
  });

  it('keep what was rolled together apart', () => {
    const mask = windowMask(windowLayout([1, 1, 4], [1, 1, 2], true))!;
    // Rolled by one: windows (1, 2) and (3, 0); the second joins opposite ends.
    expect([...mask]).toEqual([0, 0, 0, 0, 0, -100, -100, 0]);
  });

  it('keep tokens apart from padding', () => {
    const mask = windowMask(windowLayout([1, 1, 3], [1, 1, 2], false))!;
    expect([...mask]).toEqual([0, 0, 0, 0, 0, -100, -100, 0]);
  });
});

describe('SwinEncoder', () => {
  it.each([
    { preset: 'tiny' as const, parameters: 27_800_754 },
    { preset: 'base' as const, parameters: 87_507_800 },
  ])('counts the $parameters parameters of the paper’s Swin, $preset', ({ preset, parameters }) => {
    // One block of each stage, counted as often as the preset has it: the whole takes 350 MB.
    const { depths, ...sizes } = swinPresets[preset];
    const options = {
      patchSize: [4, 4, 4],
      mlpRatio: 4,
    };
    const encoder = create(
      { ...options, ...sizes, depths: [1, 1, 1, 1] },
      { inputShape: [32, 32, 32], inChannels: 1 },
    );
    const times = (name: string) => depths[Number(/^layers\.(\d)\.blocks/.exec(name)?.[1])] ?? 1;
    const total = [...encoder.namedParameters()].reduce(
      (sum, [name, { size }]) => sum + times(name) * size,
      0,
    );
    encoder.dispose();
    expect(total).toBe(parameters);
  });

  it('lets a voxel reach beyond its window through shifts', async () => {
    const encoder = create(
      { depths: [2], numHeads: [1], windowSize: [4, 4, 2] },
      { inputShape: [4, 8, 16] },
    );
    const volumes = noise<tf.Rank.R5>([1, 4, 8, 16, 2]);
    const touched = tf.add<tf.Tensor5D>(
      volumes,
      tf.pad(tf.ones([1, 4, 8, 2, 2]), [
        [0, 0],
        [0, 0],
        [0, 0],
        [2, 12],
        [0, 0],
      ]),
    );
    const [before, after] = [encoder.pyramid(volumes)[0]!, encoder.pyramid(touched)[0]!];
    const moved = await tf.max(tf.abs(tf.sub(before, after)), [0, 1, 2, 4]).data();
    // Token 1 changed: its window is (0, 1), the shifted ones (1, 2) and, rolled, (7, 0) kept apart.
    expect([...moved].map((change) => change > 1e-6)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('names its parameters as microsoft’s Swin does', () => {
    const names = [...create({}).namedParameters().keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        'patch_embed.proj.weight',
        'patch_embed.norm.weight',
        'layers.0.blocks.1.attn.relative_position_bias_table',
        'layers.0.blocks.0.attn.qkv.bias',
        'layers.0.blocks.0.mlp.fc1.weight',
        'layers.0.downsample.reduction.weight',
        'layers.0.downsample.norm.bias',
        'norm.weight',
      ]),
    );
  });

  it('sorts parameters into layers by depth', () => {
    const encoder = create({});
    expect(encoder.layerCount).toBe(4);
    expect(
      [
        'patch_embed.norm.bias',
        'layers.0.blocks.1.norm1.bias',
        'layers.0.downsample.norm.bias',
        'layers.1.conv.conv2.weight',
        'layers.1.blocks.0.norm1.bias',
        'norm.bias',
      ].map((name) => encoder.layerOf(name)),
    ).toEqual([0, 2, 2, 3, 3, 3]);
  });

  it('normalizes every level', async () => {
    for (const level of create({}).pyramid(noise([1, 4, 8, 8, 2]))) {
      const { mean, variance } = tf.moments(level, -1);
      await expectClose(mean, tf.zerosLike(mean), { absolute: 1e-5 });
      await expectClose(variance, tf.onesLike(variance), { absolute: 0.05 });
    }
  });

  it.each([
    [{ numHeads: [1] }, 'numHeads'],
    [{ numHeads: [1, 5] }, 'numHeads'],
    [{ depths: [1, 1, 1, 1], numHeads: [1, 1, 1, 1] }, '[SHAPE_MISMATCH]'],
  ])('refuses %j', (options, message) => {
    expect(() => create(options)).toThrow(message);
  });
});
