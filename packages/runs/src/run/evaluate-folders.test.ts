import { affineOf, isVoxmimError } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { evaluationTable } from '../judging/evaluation-result.js';
import { evaluateFolders } from './evaluate-folders.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-evaluate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const map = (name: string, label = 1) =>
  writeVolume(
    join(folder, name),
    {
      data: Int32Array.of(0, 0, label, label, 0, 0, label, label),
      shape: [2, 2, 2],
      channels: 1,
      affine: affineOf([1, 1, 1]),
    },
    { kind: 'labels' },
  );
const judged = async () => {
  const [predictions, truth] = [join(folder, 'pred'), join(folder, 'truth')];
  const { cases } = await evaluateFolders({ predictions, truth });
  return cases.map(({ id, classes }) => [id, classes.map(({ dice }) => dice)]);
};

it('judges the maps beside the JSON files that nnU-Net leaves with its predictions', async () => {
  await map('truth/a.nii');
  await map('pred/a.nii');
  const description = { channel_names: { 0: 'CT' }, labels: { background: 0, x: 1 } };
  for (const name of ['dataset.json', 'plans.json', 'predict_from_raw_data_args.json']) {
    await writeFile(join(folder, 'pred', name), JSON.stringify(description));
  }
  expect(await judged()).toEqual([['a', [1]]]);
});

it('takes numbered label maps for cases, each to be judged', async () => {
  for (const side of ['truth', 'pred']) {
    await map(`${side}/s_0000.nii`);
    await map(`${side}/s_0001.nii`, side === 'pred' ? 0 : 1);
  }
  expect(await judged()).toEqual([
    ['s_0000', [1]],
    ['s_0001', [0]],
  ]);
});

it('finds the truth of a map that is named by the first channel of its image', async () => {
  await map('truth/a.nii');
  await map('pred/a_0000.nii');
  expect(await judged()).toEqual([['a', [1]]]);
  await map('pred/b.nii');
  const error: unknown = await judged().catch((thrown: unknown) => thrown);
  expect(isVoxmimError(error, 'INVALID_DATA') && error.message).toContain('1 of 2 predictions');
});

it('judges the labels that occur, however high, and takes none for another', async () => {
  await map('truth/a.nii', 1035);
  await map('pred/a.nii', 11); // 1035 in eight bits
  const [predictions, truth] = [join(folder, 'pred'), join(folder, 'truth')];
  const { classes, cases } = await evaluateFolders({ predictions, truth });
  expect(classes).toEqual(['background', '11', '1035']);
  expect(cases[0]?.classes.map(({ name, dice }) => [name, dice])).toContainEqual(['1035', 0]);
});

it('says where labels were rounded, in the table and in the result', async () => {
  await map('truth/a.nii');
  const data = Float32Array.of(0, 0, 0.9999, 1, 0, 0, 1, 1);
  const grid = { shape: [2, 2, 2], channels: 1, affine: affineOf([1, 1, 1]) } as const;
  await writeVolume(join(folder, 'pred/a.nii'), { data, ...grid }, { kind: 'image' });
  const [predictions, truth] = [join(folder, 'pred'), join(folder, 'truth')];
  const result = await evaluateFolders({ predictions, truth });
  expect(result.notes).toEqual([expect.stringMatching(/pred\/a\.nii: .* such as 0\.9999/)]);
  expect(evaluationTable(result)).toContain('no whole numbers');
});
