import { affineOf, createRandom, isVoxmimError } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { readRun } from '../reporting/read-run.js';
import { finetune } from './finetune.js';
import { pretrain } from './pretrain.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const registries = createRunRegistries();
let root: string;

/** Six volumes of noise; one of each part of the split is cut off. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-unreadable-'));
  for (let index = 0; index < 6; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 8 ** 3 }, () => random.normal());
    const grid = { shape: [8, 8, 8], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0));
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
  for (const index of [3, 5])
    await truncate(join(root, 'data/imagesTr', `case_${index}.nii.gz`), 500);
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const fields = (onError: string, more: object = {}) => ({
  backend: 'cpu',
  data: {
    path: join(root, 'data'),
    classes: ['background', 'bright'],
    preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
    split: {
      cases: {
        train: ['case_0', 'case_1'],
        validation: ['case_2', 'case_3'],
        test: ['case_4', 'case_5'],
      },
    },
    cache: null,
    workers: 0,
    onError,
  },
  crop: [8, 8, 8],
  encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2 },
  steps: 2,
  batchSize: 1,
  ...more,
});
const segmented = { head: { name: 'light' }, inference: { overlap: 0 } };
const masked = {
  objective: { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 },
};

it('names cases that cannot be read beside the scores, in the table and in the report', async () => {
  const notes: string[] = [];
  const monitor = { note: (text: string) => void notes.push(text) };
  const out = join(root, 'skip');
  const config = await resolveFinetune(fields('skip', segmented), { registries });
  const { evaluation } = await finetune(config, { out, registries, monitor });
  expect(evaluation?.cases.map(({ id }) => id)).toEqual(['case_4']);
  expect(evaluation?.failed).toEqual([
    { id: 'case_5', message: expect.stringContaining('case_5.nii.gz') },
  ]);
  expect(notes.join('\n')).toContain('Case case_3 is left out of validation.');
  const table = await readFile(join(out, 'evaluation.txt'), 'utf8');
  expect(table).toContain('Failed, and in no score: case_5.');
  expect((await readRun(out)).warnings.join('\n')).toContain('Test case case_5 is in no score');
}, 120_000);

it('stops by default, with the name of the file', async () => {
  const config = await resolveFinetune(fields('stop', segmented), { registries });
  const error: unknown = await finetune(config, { out: join(root, 'stop'), registries }).catch(
    (thrown: unknown) => thrown,
  );
  expect(isVoxmimError(error, 'INVALID_FILE')).toBe(true);
  expect(String(error)).toContain('case_3.nii.gz');
}, 120_000);

it('never measures a pretraining on a training case under the name of another', async () => {
  const notes: string[] = [];
  const monitor = { note: (text: string) => void notes.push(text) };
  const config = await resolvePretrain(fields('skip', masked), { registries });
  const out = join(root, 'pretrain');
  await pretrain(config, { out, registries, monitor });
  expect(notes.join('\n')).toContain('Case case_3 is left out of validation.');
  expect(notes.join('\n')).not.toContain('the next one used instead');
}, 120_000);
