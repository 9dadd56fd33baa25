import { affineOf, createRandom, isVoxmimError } from '@voxmim/core';
import { readVolume, writeVolume } from '@voxmim/formats/node';
import { swinUnetrDefinition } from '@voxmim/segmentation';
import { loadCheckpointWeights } from '@voxmim/training/node';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune } from '../config/resolve-config.js';
import { buildSegmenter } from '@voxmim/presets';
import { evaluateFolders } from './evaluate-folders.js';
import { finetune } from './finetune.js';
import { formatPlan, planFinetune } from './plan-run.js';
import { predict } from './predict.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const registries = createRunRegistries();
let root: string;

/** Volumes of noise whose labels 1, 2 and 3 are ever brighter voxels. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-modes-'));
  for (let index = 0; index < 3; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 8 * 8 * 12 }, () => random.normal());
    const grid = { shape: [8, 8, 12], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) =>
      value > 1.2 ? 3 : value > 0.8 ? 2 : value > 0 ? 1 : 0,
    );
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const regions = [
  { name: 'core', labels: [2, 3] },
  { name: 'whole', labels: [1, 2, 3] },
  { name: 'brightest', labels: [3] },
];

function input(more: object = {}) {
  return {
    backend: 'cpu',
    data: {
      path: join(root, 'data'),
      classes: ['background', 'dim', 'bright', 'brighter'],
      preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
      split: { validation: 0, test: 1 },
    },
    crop: [4, 4, 8],
    encoder: { name: 'vit', patchSize: [2, 2, 4], embedDim: 12, depth: 2, numHeads: 2, dropPathRate: 0.2 }, // prettier-ignore
    head: { name: 'light', normalize: true },
    steps: 4,
    batchSize: 2,
    averageDecay: 0.9,
    inference: { overlap: 0 },
    ...more,
  };
}

const config = async (more: object = {}) => resolveFinetune(input(more), { registries });

/** The encoder's tensors of the last checkpoint. */
async function encoderOf(run: string): Promise<Map<string, number[]>> {
  const { tensors } = await loadCheckpointWeights(join(run, 'checkpoints', 'last'));
  const own = [...tensors].filter(([name]) => name.startsWith('encoder.'));
  return new Map(own.map(([name, { values }]) => [name, [...values]]));
}

/** The encoder's tensors before the first step. */
async function initialEncoder(): Promise<Map<string, number[]>> {
  const model = buildSegmenter(await config(), 4, registries);
  const initial = new Map<string, number[]>();
  for (const [name, variable] of model.encoder.namedParameters())
    initial.set(`encoder.${name}`, [...(await variable.data())]);
  model.dispose();
  return initial;
}

it('keeps a frozen encoder to the bit: a linear probe', async () => {
  const out = join(root, 'probe');

  await finetune(await config({ freeze: { encoder: true } }), { out });

  expect(await encoderOf(out)).toEqual(await initialEncoder());
}, 120_000);

it('unfreezes at its step, and goes on across it as if it had never stopped', async () => {
  const staged = await config({ freeze: { encoder: 2 } });
  const [out, whole] = [join(root, 'staged'), join(root, 'staged-whole')];
  const controller = new AbortController();
  const progress = ({ done, unit }: { done: number; unit: string }) => {
    if (unit === 'steps' && done === 2) controller.abort();
  };
  await finetune(staged, { out: whole });

  await finetune(staged, { out, signal: controller.signal, monitor: { progress } });
  const before = await encoderOf(out);
  await finetune(staged, { out, resume: true });

  expect(before).toEqual(await initialEncoder());
  expect(await encoderOf(out)).not.toEqual(before);
  expect(await encoderOf(out)).toEqual(await encoderOf(whole));
}, 120_000);

it('learns overlapping regions, writes label maps, and judges by region', async () => {
  const out = join(root, 'regions');
  const settings = { regions, steps: 30, head: { name: 'upernet', channels: 8, channelsPerGroup: 4 } }; // prettier-ignore

  const { evaluation } = await finetune(await config(settings), { out });
  const found = await predict({ run: out, input: join(root, 'data'), out: join(root, 'found') });
  const labels = await readVolume(found.files[0]!.path);
  const again = await evaluateFolders({
    predictions: join(out, 'predictions'),
    truth: join(root, 'data'),
    classes: (await config()).data.classes!,
    regions,
  });

  expect(evaluation?.summary.classes.map(({ name }) => name)).toEqual(['core', 'whole', 'brightest']); // prettier-ignore
  // What a run gives is what it saved, where a number that is not finite is null.
  const saved: unknown = JSON.parse(JSON.stringify(again.summary.classes));
  expect(saved).toEqual(evaluation?.summary.classes);
  expect(labels).toMatchObject({ shape: [8, 8, 12], channels: 1 });
  expect(Math.max(...labels.data)).toBeLessThanOrEqual(3);
}, 240_000);

it('counts what a probe trains, in a plan', async () => {
  const options = { out: join(root, 'plan') };
  const [probe, whole] = [
    await planFinetune(await config({ freeze: { encoder: true } }), options),
    await planFinetune(await config(), options),
  ];

  const { encoder } = whole.model.parameters;
  expect(whole.model.memory.stateBytes - probe.model.memory.stateBytes).toBe(12 * encoder);
});

it.each([
  [{}, '50 % centered on a labeled voxel, the rest on background'],
  [{ crops: 'uniform' }, 'anywhere'],
  [{ crops: 'classBalanced' }, 'centered on each class alike'],
  [
    { crops: 'classBalanced', classRatios: [0, 1, 2, 4] },
    'centered on classes in the ratio background 0 : dim 1 : bright 2 : brighter 4',
  ],
])('says in a plan where the crops of %j lie', async (more, text) => {
  const plan = await planFinetune(await config(more), { out: join(root, 'plan') });
  expect(formatPlan(plan)).toContain(`crops         ${text}\n`);
});

it('trains on crops by class', async () => {
  const balanced = await config({ crops: 'classBalanced', classRatios: [0, 0, 0, 1] });
  const result = await finetune(balanced, { out: join(root, 'by-class') });
  expect(result.status).toBe('completed');
});

describe('refuses', () => {
  it('to unfreeze after the last step', async () => {
    await expect(config({ freeze: { encoder: 4 } })).rejects.toThrow(
      'freeze.encoder: 4 steps are not fewer than the 4 of "steps".',
    );
  });

  it('ratios that are not one for each class, or of crops that are not by class', async () => {
    const run = async (more: object) => finetune(await config(more), { out: join(root, 'ratios') });

    await expect(run({ crops: 'classBalanced', classRatios: [1, 2] })).rejects.toThrow(
      'classRatios: 2 numbers for 4 classes (background, dim, bright, brighter).',
    );
    await expect(run({ classRatios: [0, 1, 1, 1] })).rejects.toThrow('crops are balanced');
    await expect(config({ classRatios: [0, 0, 0, 0] })).rejects.toThrow('classRatios');
    await expect(access(join(root, 'ratios'))).rejects.toThrow();
  });

  it('a region of labels that the data do not have', async () => {
    const beyond = await config({ regions: [{ name: 'ET', labels: [4] }] });

    await expect(finetune(beyond, { out: join(root, 'beyond') })).rejects.toThrow(
      `regions: "ET" has label 4, but the data set's labels are 0 to 3`,
    );
  });

  it('a head that says what it needs, when the config is resolved', async () => {
    const error: unknown = await config({ head: { name: 'swinUnetr' } }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'UNSUPPORTED_CAPABILITY')).toBe(true);
  });

  it('a head that does not say so, leaving no folder behind', async () => {
    const out = join(root, 'misfit');
    const others = createRunRegistries();
    others.heads.register({
      name: 'acme/silent',
      config: swinUnetrDefinition.config,
      create: (head, context) => swinUnetrDefinition.create(head, context),
    });
    const misfit = await resolveFinetune(input({ head: { name: 'acme/silent' } }), {
      registries: others,
    });

    const error: unknown = await finetune(misfit, { out, registries: others }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'UNSUPPORTED_CAPABILITY')).toBe(true);
    await expect(access(out)).rejects.toThrow();
  });
});
