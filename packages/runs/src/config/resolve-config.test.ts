import { createRandom, encodesVisible, encodesWithMaskToken } from '@voxmim/core';
import type { Fingerprint } from '@voxmim/datasets';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pretrainSchema, runJsonSchema } from '@voxmim/presets';
import { resolveFinetune, resolvePretrain } from './resolve-config.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const minimal = { data: { path: 'x' }, steps: 10 };
const pretrain = (input: unknown, ...set: string[]) =>
  resolvePretrain(input, { registries: createRunRegistries(), set, origin: 'run.yaml' });

it('fills in every default, down to the components', async () => {
  const config = await pretrain(minimal);
  expect(config.encoder).toMatchObject({ name: 'vit', embedDim: 768, patchSize: [16, 16, 16] });
  expect(config.objective).toMatchObject({ name: 'mae', decoderDepth: 8 });
  expect(config.data.preprocessing.orientation).toBe('RAS');
});

it('resolves a resolved config to itself', async () => {
  const once = await pretrain(minimal);
  expect(await pretrain(once)).toEqual(once);
});

it('augments both views of a contrastive objective by default, field by field', async () => {
  const objective = { name: 'simclr' };
  const config = await pretrain({ ...minimal, crop: [48, 48, 48], objective });
  expect(config.augmentation.coarseDropout).toMatchObject({ probability: 1 });
  expect(config.augmentation.coarseDropout.variants[1]).toMatchObject({ size: 10, maxSize: 32 });
  expect(config.augmentation.coarseShuffle).toMatchObject({ probability: 0.8, size: 4 });
  expect(await pretrain(config)).toEqual(config);
  const input = { ...minimal, objective, augmentation: { flip: { probability: 0.5 } } };
  const changed = await pretrain(input, 'augmentation.coarseShuffle.holes=3');
  const { flip, shift, coarseDropout, coarseShuffle } = changed.augmentation;
  expect([flip.probability, shift.probability, coarseDropout.probability]).toEqual([0.5, 0, 1]);
  expect(coarseShuffle).toMatchObject({ probability: 0.8, holes: 3 });
});

it('hides nothing for an objective that compares views, and something for one that predicts', async () => {
  const objective = { name: 'simclr' };
  expect((await pretrain({ ...minimal, objective })).masking).toBeNull();
  expect((await pretrain({ ...minimal, objective, masking: null })).masking).toBeNull();
  expect((await pretrain(minimal)).masking).toMatchObject({ name: 'random', maskRatio: 0.75 });
  const masked = { ...minimal, masking: { name: 'block' } };
  await expect(pretrain({ ...masked, objective })).rejects.toThrow(
    /masking.name: "block" hides tokens, but objective "simclr" .*UNSUPPORTED_CAPABILITY/,
  );
  expect((await pretrain({ ...masked, objective }, 'masking=null')).masking).toBeNull();
  await expect(pretrain({ ...minimal, masking: null })).rejects.toThrow(
    'masking: null hides nothing, and objective "mae" predicts what is hidden',
  );
});

it('adds nothing to the augmentation that a masked pretraining names', async () => {
  const { augmentation } = await pretrain({
    ...minimal,
    augmentation: { noise: { probability: 1 } },
  });
  const active = Object.entries(augmentation).filter(([, { probability }]) => probability > 0);
  expect(active.map(([name]) => name)).toEqual(['noise']);
  const wrong = pretrain({ ...minimal, augmentation: { noise: 1 } });
  await expect(wrong).rejects.toThrow('augmentation.noise');
});

it('fills in a preset, below what is set beside it, and resolves to all of it', async () => {
  const input = {
    ...minimal,
    encoder: { name: 'van', preset: 'b0' },
    objective: { name: 'simmim' },
  };
  const config = await pretrain(input, 'encoder.depths=[1, 1, 1, 1]');
  expect(config.encoder).toMatchObject({ embedDims: [32, 64, 160, 256], depths: [1, 1, 1, 1] });
  expect(config.encoder).not.toHaveProperty('preset');
  expect(await pretrain(config)).toEqual(config);
});

it('takes a preset by --set, and says which there are', async () => {
  const config = await pretrain(minimal, 'encoder.preset=small');
  expect(config.encoder).toMatchObject({ embedDim: 384, numHeads: 6, depth: 12 });
  const wrong = { ...minimal, encoder: { preset: 'smal' } };
  await expect(pretrain(wrong)).rejects.toThrow('did you mean "small"?');
  const schema = JSON.stringify(runJsonSchema(pretrainSchema(createRunRegistries())));
  expect(schema).toContain('"enum":["small","base","large"]');
});

it('stores the figures of a fingerprint, and does not need its file again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxmim-'));
  const file = join(folder, 'set.json');
  const figures = { low: -100, high: 300, mean: 80, std: 60 };
  const fingerprint: Fingerprint = {
    format: 'voxmim-fingerprint-1',
    name: 'set',
    foreground: 'labels',
    cases: [],
    channels: [{ ...figures, lowest: -120, median: 90, highest: 900 }],
    classes: [],
    proposal: {
      spacing: [2, 1, 1],
      medianShape: [90, 80, 70],
      crop: [96, 96, 96],
      patchSize: [16, 16, 16],
    },
  };
  await writeFile(file, JSON.stringify(fingerprint));
  const named = {
    ...minimal,
    data: { path: 'x', preprocessing: { intensity: { kind: 'nnunet', file } } },
  };
  const config = await pretrain(named);
  await rm(folder, { recursive: true });
  expect(config.data.preprocessing.intensity).toMatchObject({ channels: [figures] });
  expect(await pretrain(config)).toEqual(config);
  await expect(pretrain(named)).rejects.toThrow(file);
});

describe('--set', () => {
  it('reads values by the type of the field, not by their looks', async () => {
    const config = await pretrain(
      minimal,
      'encoder.depth=6',
      'crop=[48, 64, 48]',
      'data.path=007',
      'optimizer.clipNorm=null',
      'tensorBoard=false',
    );
    expect(config).toMatchObject({
      encoder: { depth: 6 },
      crop: [48, 64, 48],
      data: { path: '007' },
      optimizer: { clipNorm: null },
      tensorBoard: false,
    });
  });

  it('reaches one element of a list and fields of a choice', async () => {
    const set = ['crop.0=48', 'data.preprocessing.intensity.kind=zScore'];
    const config = await pretrain({ ...minimal, crop: [96, 96, 96] }, ...set);
    expect(config.crop).toEqual([48, 96, 96]);
    expect(config.data.preprocessing.intensity).toEqual({ kind: 'zScore', mask: 'nonzero' });
  });

  it('leaves the input as it was', async () => {
    const input = { ...minimal, encoder: { name: 'vit', depth: 12 } };
    await pretrain(input, 'encoder.depth=6');
    expect(input.encoder.depth).toBe(12);
  });

  it.each([
    ['encoder.dept=6', 'did you mean "encoder.depth"?'],
    ['optimiser.learningRate=1', 'did you mean "optimizer"?'],
    ['encoder.depth=six', '--set encoder.depth=six'],
    ['encoder.depth', 'there is no "field=value"'],
  ])('refuses %s', async (override, message) => {
    await expect(pretrain(minimal, override)).rejects.toThrow(message);
  });
});

describe('a config that does not fit', () => {
  it.each([
    [{ ...minimal, batchsize: 2 }, 'unknown key "batchsize", did you mean "batchSize"?'],
    [{ ...minimal, encoder: { name: 'vti' } }, 'did you mean "vit"?'],
    [{ ...minimal, encoder: { name: 'vit', detph: 3 } }, 'did you mean "depth"?'],
    [{ ...minimal, crop: [90, 96, 96] }, 'crop: [90, 96, 96] is not divisible'],
    [{ ...minimal, encoder: { name: 'vit', numHeads: 5 } }, 'numHeads must divide embedDim'],
    [{ ...minimal, schedule: { name: 'cosine', warmupSteps: 11 } }, 'schedule.warmupSteps'],
    [{ ...minimal, task: 'finetune' }, 'task'],
    [{ ...minimal, batchSize: 1, objective: { name: 'simclr' } }, 'objective.memoryBank'],
    [{ steps: 10 }, 'data'],
    [null, 'holds no fields'],
  ])('is refused with the field named: %j', async (input, message) => {
    await expect(pretrain(input)).rejects.toThrow(message);
  });

  it('is accepted with one volume a batch where a memory bank has others', async () => {
    const objective = { name: 'simclr', memoryBank: 16 };
    const { batchSize } = await pretrain({ ...minimal, batchSize: 1, objective });
    expect(batchSize).toBe(1);
  });

  it('is refused by the head too', async () => {
    const input = { ...minimal, head: { name: 'unetr', featuresize: 8 } };
    const config = resolveFinetune(input, { registries: createRunRegistries() });
    await expect(config).rejects.toThrow('did you mean "featureSize"?');
  });
});

describe('an encoder below its objective or head', () => {
  const registries = createRunRegistries();
  const tiny = [
    { name: 'vit', embedDim: 12, numHeads: 2, depth: 2, patchSize: [8, 8, 8] },
    { name: 'swin', embedDim: 6, numHeads: [1, 2], depths: [1, 1], windowSize: [2, 2, 2] },
    { name: 'van', embedDims: [4, 8], depths: [1, 1], mlpRatios: [1, 1] },
  ];

  it('is refused where it cannot do what they need, saying which can', async () => {
    const van = { ...minimal, encoder: { name: 'van' } };
    await expect(pretrain(van)).rejects.toThrow(
      'run.yaml: objective.name: "mae" needs encodeVisible, which encoder "van" does not have. ' +
        'Choose another objective, or an encoder that has it: vit.',
    );
    const head = resolveFinetune({ ...minimal, head: { name: 'swinUnetr' } }, { registries });
    await expect(head).rejects.toThrow('needs hierarchicalLevels, which encoder "vit"');
  });

  it.each(tiny)('offers what it says: $name', async (config) => {
    await tf.setBackend('cpu');
    const context = { inputShape: [16, 16, 16], inChannels: 1, random: createRandom(0) } as const;
    const encoder = registries.encoders.create(config, context);
    const [shallow, deep] = [encoder.levels[0], encoder.levels.at(-1)];
    const able = [
      ...(encodesVisible(encoder) ? ['encodeVisible'] : []),
      ...(encodesWithMaskToken(encoder) ? ['encodeWithMaskToken'] : []),
      ...(shallow?.stride.join() === deep?.stride.join() ? [] : ['hierarchicalLevels']),
    ];
    expect(registries.encoders.offers(config.name)).toEqual(able);
    encoder.dispose();
  });
});

it('writes a JSON Schema in which nothing but the data and the steps is required', () => {
  const schema = runJsonSchema(pretrainSchema(createRunRegistries()));
  expect(schema.required).toEqual(['data', 'steps']);
});
