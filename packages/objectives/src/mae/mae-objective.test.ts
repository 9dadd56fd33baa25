import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  createRandom,
  parseConfig,
  type Encoder,
  type EncoderContext,
  encodesVisible,
  type MaskTokenEncoder,
  type ObjectiveContext,
  type Shape3,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import { VitConfig, VitEncoder } from '@voxmim/encoders';
import {
  expectClose,
  hiddenVoxels,
  noise,
  randomTokenMask,
  testObjectiveConformance,
  toyEncoder,
  type ObjectiveConformanceOptions,
} from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { SimmimConfig } from '../simmim/config.js';
import { SimmimObjective } from '../simmim/simmim-objective.js';
import { MaeConfig } from './config.js';
import { MaeObjective } from './mae-objective.js';

const inputShape: Shape3 = [8, 12, 4];
const patchSize: Shape3 = [4, 4, 4];
const gridShape: Shape3 = [2, 3, 1];
const random = createRandom(1);

function tinyVit(options: Partial<EncoderContext> = {}): VitEncoder {
  const config = { patchSize, embedDim: 12, depth: 1, numHeads: 2, mlpRatio: 2 };
  const context = { inputShape, inChannels: 1, random, ...options };
  return new VitEncoder(parseConfig(VitConfig, config, 'test'), context);
}

function tinyMae(
  options: Partial<MaeConfig> = {},
  encoder: VisibleTokenEncoder = tinyVit(),
): MaeObjective {
  const config = { decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2, ...options };
  return new MaeObjective(encoder, parseConfig(MaeConfig, config, 'test'), random);
}

const tinyMask = () => randomTokenMask(gridShape, 2, 3, createRandom(2));

/** Has the geometry of ViT-B/16 at 96³ without its 88 million parameters. */
function paperEncoder(): VisibleTokenEncoder & MaskTokenEncoder {
  const patch: Shape3 = [16, 16, 16];
  const toy = { inputShape: patch, inChannels: 1, patchSize: patch, embedDim: 1, random };
  const geometry = {
    ...toy,
    inputShape: [96, 96, 96],
    gridShape: [6, 6, 6],
    embedDim: 768,
  } as const;
  const levels = [{ channels: 768, stride: patch }];
  return { ...toyEncoder(toy), geometry, levels, maskTokenDim: 768 };
}

function countOwn(objective: MaeObjective | SimmimObjective): number {
  const own = [...objective.namedParameters()].filter(([name]) => !name.startsWith('encoder.'));
  return own.reduce((sum, [, { size }]) => sum + size, 0);
}

describe('MaeObjective', () => {
  it('refuses, at compile time, an encoder that cannot drop tokens', () => {
    const build = (swin: Encoder, config: MaeConfig) =>
      // @ts-expect-error Encoder has no encodeVisible
      new MaeObjective(swin, config, random);
    expect(build).toBeInstanceOf(Function);
  });

  it('has the 27,813,888 parameters of the paper’s 512 × 8 decoder', () => {
    const encoder = paperEncoder();
    const [one, two] = [1, 2].map((decoderDepth) => {
      const objective = new MaeObjective(encoder, MaeConfig.parse({ decoderDepth }), random);
      const count = countOwn(objective);
      objective.dispose();
      return count;
    });
    encoder.dispose();
    const decoder = one! + 7 * (two! - one!);

    expect(decoder).toBe(27_813_888);
    // The whole model, less MONAI's class token, which is built and never used: 768 numbers.
    expect(88_340_736 + decoder).toBe(116_155_392 - 768);
  });

  it('names parameters as facebook MAE does, the encoder’s first', () => {
    const names = [...tinyMae().namedParameters().keys()];
    expect(names[0]).toBe('encoder.patch_embed.proj.weight');
    expect(names).toEqual(
      expect.arrayContaining([
        'decoder_embed.weight',
        'mask_token',
        'decoder_pos_embed',
        'decoder_blocks.0.attn.qkv.weight',
        'decoder_norm.bias',
        'decoder_pred.weight',
      ]),
    );
  });

  it('saves fixed positions as buffers, the encoder’s under its name', () => {
    const config = { patchSize, embedDim: 12, depth: 1, numHeads: 2, positions: 'sincos' };
    const context = { inputShape, inChannels: 1, random };
    const encoder = new VitEncoder(parseConfig(VitConfig, config, 'test'), context);
    const objective = tinyMae({ decoderPositions: 'sincos' }, encoder);
    expect([...objective.namedBuffers().keys()]).toEqual([
      'encoder.pos_embed',
      'decoder_pos_embed',
    ]);
  });

  it('fits one masked batch within 40 steps', async () => {
    const objective = tinyMae();
    const volumes = noise<tf.Rank.R5>([2, ...inputShape, 1]);
    const mask = tinyMask();
    const optimizer = tf.train.adam(1e-2);
    const variables = [...objective.namedParameters().values()];

    const [before = 0] = await objective.loss(volumes, mask).data();
    for (let step = 0; step < 40; step++) {
      optimizer.minimize(() => objective.loss(volumes, mask), false, variables);
    }
    const [after] = await objective.loss(volumes, mask).data();

    expect(after).toBeLessThan(before / 2);
  });

  it('shows what is visible as it is, and predictions nowhere else than on what is hidden', async () => {
    const volumes = noise<tf.Rank.R5>([2, ...inputShape, 1]);
    const mask = tinyMask();
    const hidden = hiddenVoxels(mask, patchSize);

    const { prediction, volumes: shown } = tinyMae().reconstruct(volumes, mask);

    const visible = tf.sub(1, hidden);
    const exactly = { absolute: 0, relative: 0 };
    await expectClose(tf.mul(prediction, visible), tf.zerosLike(volumes), exactly);
    expect(shown).not.toBeNull();
    await expectClose(tf.mul(shown!, visible), tf.mul(volumes, visible), exactly);
    await expectClose(tf.mul(shown!, hidden), prediction, exactly);
  });

  it('shows normalized predictions with statistics of visible patches', async () => {
    const level = tf.add<tf.Tensor5D>(tf.mul(noise([2, ...inputShape, 1]), 0.001), 50);
    const { volumes } = tinyMae({ normPixLoss: true }).reconstruct(level, tinyMask());
    // Every patch has mean 50 and next to no contrast: so must every prediction.
    await expectClose(volumes!, level, { absolute: 0.1, relative: 0 });
  });

  it.each([
    [{ decoderNumHeads: 5 }, 'decoderNumHeads'],
    [{ decoderEmbedDim: 16, decoderPositions: 'sincos' as const }, 'decoderEmbedDim'],
    [{ target: 'hog' as const, normPixLoss: true }, 'normPixLoss'],
    [{ hogCellSize: [2, 2, 2] as const }, 'hogCellSize'],
    [{ target: 'hog' as const, hogCellSize: [3, 3, 3] as const }, '[SHAPE_MISMATCH]'],
  ])('refuses %j', (options, message) => {
    expect(() => tinyMae(options)).toThrow(message);
  });
});

describe('SimmimObjective', () => {
  it('has the 91,492,096 parameters of the paper’s model, less MONAI’s unused class token', () => {
    const encoder = paperEncoder();
    const objective = new SimmimObjective(encoder, SimmimConfig.parse({}), random);
    // The mask token and the linear layer over a ViT-B/16.
    expect(88_340_736 + countOwn(objective)).toBe(91_492_096 - 768);
    objective.dispose();
    encoder.dispose();
  });

  it('predicts voxels of the right place from cells coarser than tokens', async () => {
    const encoder = toyEncoder({
      inputShape: [4, 8, 12],
      inChannels: 2,
      patchSize: [2, 2, 2],
      stride: [2, 4, 4],
      embedDim: 4,
      random,
    });
    const objective = new SimmimObjective(encoder, SimmimConfig.parse({ loss: 'l2' }), random);
    const volumes = noise<tf.Rank.R5>([1, 4, 8, 12, 2]);
    const mask = randomTokenMask([2, 4, 6], 1, 30, createRandom(3));

    // Every value of a cell predicts its own index: unpatchify says where that must show up.
    const weights = objective.decoder.namedParameters();
    weights.get('weight')!.assign(tf.zeros([64, 4]));
    weights.get('bias')!.assign(tf.range(0, 64));
    const { prediction } = objective.reconstruct(volumes, mask);

    const values = (await prediction.array())[0]!;
    const flags = (await hiddenVoxels(mask, [2, 2, 2]).array())[0]!;
    for (const [d, h, w] of [
      [0, 0, 0],
      [1, 3, 3],
      [3, 5, 9],
      [2, 7, 10],
    ] as Shape3[]) {
      const index = ((d % 2) * 4 + (h % 4)) * 4 + (w % 4);
      const expected = flags[d]![h]![w]![0] ? [2 * index, 2 * index + 1] : [0, 0];
      expect(values[d]![h]![w]).toEqual(expected);
    }
  });
});

describe('the objective kit', () => {
  /** The names of the kit's tests that fail over a changed objective. */
  async function failures(
    change: (sound: MaeObjective) => Partial<MaeObjective>,
    options: ObjectiveConformanceOptions = {},
  ): Promise<string[]> {
    const failed: string[] = [];
    const tests: [string, () => Promise<void>][] = [];
    const it = (name: string, body: () => Promise<void>) => tests.push([name, body]);
    const create = ({ encoder }: ObjectiveContext) => {
      const sound = tinyMae({}, encodesVisible(encoder) ? encoder : tinyVit());
      return Object.assign(sound, change(sound));
    };
    testObjectiveConformance({ describe: (_, body) => body(), it }, create, options);
    for (const [name, body] of tests) await body().catch(() => failed.push(name));
    return failed;
  }

  it('passes an objective that nobody changed', async () => {
    expect(await failures(() => ({}))).toEqual([]);
  });

  it('fails a loss that scores visible voxels', async () => {
    const changed = await failures((sound) => {
      const loss = sound.loss.bind(sound);
      return {
        loss: (volumes, mask) =>
          tf.tidy(() => tf.add(loss(volumes, mask), tf.mean(tf.square(volumes)))),
      };
    });
    expect(changed).toEqual(['sends no gradient to visible voxels of its target, where it masks']);
  });

  it('fails a loss that should score all voxels and does not', async () => {
    const changed = await failures(() => ({}), { targetReach: Infinity });
    expect(changed).toEqual(['sends no gradient to visible voxels of its target, where it masks']);
  });

  it('fails a picture made with the statistics of hidden voxels', async () => {
    const changed = await failures((sound) => {
      const reconstruct = sound.reconstruct.bind(sound);
      return {
        reconstruct: (volumes, mask) =>
          tf.tidy(() => {
            const { prediction, volumes: shown } = reconstruct(volumes, mask);
            return { prediction, volumes: tf.add<tf.Tensor5D>(shown!, tf.mean(volumes)) };
          }),
      };
    });
    expect(changed).toEqual(['scores and shows hidden voxels only, where it masks']);
  });
});
