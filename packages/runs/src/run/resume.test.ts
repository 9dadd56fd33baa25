import { affineOf, createRandom } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { findCheckpoint } from '@voxmim/training/node';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { finetune } from './finetune.js';
import { predict } from './predict.js';
import { tidyComplete } from './report-at-end.js';
import { pretrain } from './pretrain.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const registries = createRunRegistries();
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-resume-'));
  for (let index = 0; index < 4; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 12 ** 3 }, () => random.normal());
    const grid = { shape: [12, 12, 12], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) => (value > 1 ? 1 : 0));
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

function shared() {
  return {
    backend: 'cpu',
    data: {
      path: join(root, 'data'),
      classes: ['background', 'bright'],
      preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
      split: { validation: 1, test: 1 },
    },
    crop: [8, 8, 8],
    encoder: {
      name: 'vit',
      patchSize: [4, 4, 4],
      embedDim: 12,
      depth: 2,
      numHeads: 2,
      dropPathRate: 0.2,
    },
    steps: 4,
    batchSize: 2,
    averageDecay: 0.9,
    optimizer: { accumulate: 2 },
  };
}

const objectives = [
  { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 },
  { name: 'simclr', projectionDim: 6, memoryBank: 3 },
];

/** A monitor that stops a run after its second step. */
function stopping() {
  const controller = new AbortController();
  const progress = ({ done, unit }: { done: number; unit: string }) => {
    if (unit === 'steps' && done === 2) controller.abort();
  };
  return { signal: controller.signal, monitor: { progress } };
}

async function weightsOf(run: string): Promise<Buffer[]> {
  const folder = await findCheckpoint(join(run, 'checkpoints'));
  const names = ['model.safetensors', 'optimizer.safetensors', 'ema.safetensors'];
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}

it.each(objectives)(
  'goes on with $name to the very bits of one that never stopped',
  async (objective) => {
    const config = await resolvePretrain({ ...shared(), objective }, { registries });
    const [out, whole] = [
      join(root, `stopped-${objective.name}`),
      join(root, `whole-${objective.name}`),
    ];
    await pretrain(config, { out: whole });

    const first = await pretrain(config, { out, ...stopping() });
    const second = await pretrain(config, { out, resume: true });

    expect([first.status, first.step]).toEqual(['interrupted', 2]);
    expect([second.status, second.step]).toEqual(['completed', 4]);
    expect(await weightsOf(out)).toEqual(await weightsOf(whole));
  },
  120_000,
);

it('goes on with a fine-tuning likewise, and predicts from it on the native grid', async () => {
  const input = { ...shared(), head: { name: 'light' }, inference: { overlap: 0 } };
  const config = await resolveFinetune(input, { registries });
  const out = join(root, 'stopped-few');
  const whole = await finetune(config, { out: join(root, 'whole-few') });

  await finetune(config, { out, ...stopping() });
  const resumed = await finetune(config, { out, resume: true });
  const found = await predict({ run: out, input: join(root, 'data'), out: join(root, 'found') });

  expect(await weightsOf(out)).toEqual(await weightsOf(join(root, 'whole-few')));
  expect(resumed.evaluation).toEqual(whole.evaluation);
  expect(found.files.map(({ id }) => id)).toEqual(['case_0', 'case_1', 'case_2', 'case_3']);
  expect((await stat(join(root, 'found/case_0.nii.gz'))).mode & 0o077).toBe(0);

  const [images, scan] = [join(root, 'data/imagesTr'), join(root, 'data/imagesTr/case_0.nii.gz')];
  const before = await readFile(scan);
  const again = predict({ run: out, input: images, out: join(root, 'found') });
  await expect(again).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  const over = predict({ run: out, input: images, out: images, force: true });
  await expect(over).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await readFile(scan)).toEqual(before);
}, 120_000);

it('of a complete run, the report that a kill prevented is written, and what it left is removed', async () => {
  const run = join(root, 'whole-few');
  await rm(join(run, 'report.html'));
  const part = '.voxmim-00000000-1-0123456789ab.part';
  await writeFile(join(run, part), '');
  await utimes(join(run, part), 0, 0);
  await writeFile(join(run, '.voxmim-lock'), '{"pid":');
  await tidyComplete(run, {}, registries);
  const names = await readdir(run);
  expect(names).toContain('report.html');
  expect(names.filter((name) => name.startsWith('.voxmim'))).toEqual([]);
}, 60_000);
