import { affineOf } from '@voxmim/core';
import { writeVolume } from '@voxmim/data/node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatInspection } from './format-inspection.js';
import { inspectData } from './inspect-data.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-inspect-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const image = {
  data: Int16Array.from({ length: 8 }, (_, at) => at),
  shape: [2, 2, 2] as const,
  channels: 1,
  affine: affineOf([1, 1, 1]),
};
const nifti = (name: string, volume = image) =>
  writeVolume(join(folder, name), volume, { kind: 'image' });

it('says which layout it found, and counts the modalities of a case', async () => {
  const channels = { 0: 'T1', 1: 'T2' };
  const description = { channel_names: channels, labels: { background: 0, a: 1 } };
  const text = JSON.stringify({ ...description, numTraining: 1, file_ending: '.nii' });
  await writeFile(join(folder, 'dataset.json'), text);
  await nifti('imagesTr/x_0000.nii');
  await nifti('imagesTr/x_0001.nii');
  const inspection = await inspectData({ path: folder });
  expect(inspection.volumes.map((volume) => volume.channels)).toEqual([2]);
  expect(formatInspection(inspection)).toContain('Layout: nnU-Net raw');
});

it('finds files as it is told where the folder does not tell', async () => {
  await nifti('a/a_t1.nii');
  await nifti('a/a_t2.nii');
  const images = ['{case}/{case}_t1.nii', '{case}/{case}_t2.nii'];
  const inspection = await inspectData({ path: folder, layout: { kind: 'pattern', images } });
  expect([inspection.layout, inspection.volumes[0]?.channels]).toEqual(['pattern', 2]);
});

it('names modalities on different grids among the problems', async () => {
  await nifti('a.nii');
  await nifti('b.nii', { ...image, affine: affineOf([1, 1, 3]) });
  await writeFile(join(folder, 'cases.csv'), 'id,image_t1,image_t2\n1,a.nii,b.nii\n');
  const { layout, volumes, problems } = await inspectData({ path: join(folder, 'cases.csv') });
  expect([layout, volumes]).toEqual(['list', []]);
  expect(problems.join()).toMatch(/b\.nii lies elsewhere in the world than .*a\.nii/);
});
