import { affineOf } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { dicomBytes } from '@voxmim/testing/node';
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

it('begins with what the volumes are like, and names intensities and sizes of another scale', async () => {
  const reaching = (highest: number) => ({
    ...image,
    data: Int16Array.of(0, 1, 2, 3, 4, 5, 6, highest),
  });
  for (const at of [1, 2, 3]) await nifti(`usual${at}.nii`, reaching(200 + at));
  await nifti('far.nii', { ...reaching(20_000), affine: affineOf([40, 40, 40]) });
  const inspection = await inspectData({ path: folder });
  expect(inspection.summary).toMatchObject({
    volumes: 4,
    intensities: { highest: { median: 202.5, lowest: 201, highest: 20_000 } },
    orientations: { RAS: 4 },
  });
  expect(inspection.problems).toEqual([
    'Highest intensities are of 2 scales: of 4 volumes 3 between 201 and 203 (such as usual1), ' +
      '1 at 20,000 (such as far).',
    'Voxel sizes are of 2 scales: of 4 volumes 3 at 1 mm (such as usual1), 1 at 40 mm (such as far).',
  ]);
  const lines = formatInspection(inspection).split('\n');
  expect(lines.findIndex((line) => line.startsWith('highest value'))).toBeLessThan(
    lines.findIndex((line) => line.startsWith('usual1')),
  );
});

it('lists damaged files apart, and goes on with the others', async () => {
  await nifti('a.nii');
  await writeFile(join(folder, 'b.nii'), 'no volume');
  const { volumes, damaged, problems } = await inspectData({ path: folder });
  expect(volumes.map(({ id }) => id)).toEqual(['a']);
  expect(damaged).toEqual([{ id: 'b', message: expect.stringContaining('b.nii') }]);
  expect(problems[0]).toBe(damaged[0]?.message);
});

it('shows which DICOM series is which', async () => {
  const series = (uid: string, number: string, name: string) =>
    dicomBytes({
      '0008,0031': ['TM', '101500'],
      '0008,103e': ['LO', name],
      '0020,000e': ['UI', uid],
      '0020,0011': ['IS', number],
    });
  await writeFile(join(folder, '1'), series('1.1', '4', 'T1 mprage'));
  await writeFile(join(folder, '2'), series('1.2', '5', 'T2'));
  const inspection = await inspectData({ path: folder });
  expect(inspection.volumes[0]?.series).toEqual({
    number: 4,
    description: 'T1 mprage',
    time: '10:15:00',
  });
  expect(formatInspection(inspection)).toContain('series 5 "T2" at 10:15:00');
});

it('says so where names look as if several cases were of one patient', async () => {
  for (const name of ['p1_01', 'p1_02', 'p2_01', 'p2_02']) await nifti(`${name}.nii`);
  const { problems } = await inspectData({ path: folder });
  expect(problems.join()).toContain('p1_01 and p1_02 look like volumes of one patient');
});
