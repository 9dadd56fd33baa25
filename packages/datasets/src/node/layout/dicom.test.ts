import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';
import { dicomBytes, type DicomElements } from '@voxmim/testing/node';

import { readCaseImage } from '../cases/read-case.js';
import { openDicomFolder, readOneSeries, isDicomFile } from '@voxmim/formats/node';
import { openDataset } from '../open-dataset.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-dicom-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, bytes: Uint8Array | string) {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}
const slice = (name: string, z: number, elements: DicomElements = {}) =>
  write(name, dicomBytes({ '0020,0032': ['DS', `0\\0\\${z}`], ...elements }));
const series = (uid: string, number: string, description?: string): DicomElements => ({
  '0020,000e': ['UI', uid],
  '0020,0011': ['IS', number],
  ...(description !== undefined && { '0008,103e': ['LO', description] }),
});
const patient = (id: string): DicomElements => ({ '0010,0020': ['LO', id] });
const ids = async () => (await openDataset(folder)).cases.map(({ id }) => id);
async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!isVoxmimError(error)) throw error;
  return `${error.code} ${error.message}`;
}

it('takes one series over several folders as one volume', async () => {
  for (const z of [0, 3]) await slice(`study/A/${z}`, z);
  for (const z of [6, 9]) await slice(`study/B/${z}`, z);
  const { cases, problems } = await openDataset(folder);
  expect(cases.map(({ id }) => id)).toEqual(['study']);
  expect((await readCaseImage(cases[0])).image.shape).toEqual([4, 3, 2]);
  expect(problems).toEqual([]);
});

it('keeps copies, other patients and gaps of one series UID apart, and says so', async () => {
  for (const z of [0, 3]) for (const place of ['A', 'B']) await slice(`${place}/${z}`, z);
  const copies = await openDataset(folder);
  expect(copies.cases.map(({ id }) => id)).toEqual(['A', 'B']);
  expect(copies.problems.join()).toMatch(/Series 7 is in 2 folders, such as .*A.* and .*B/);
  await rm(folder, { recursive: true });
  for (const z of [0, 3]) await slice(`A/${z}`, z, patient('one'));
  for (const z of [6, 9]) await slice(`B/${z}`, z, patient('two'));
  expect(await ids()).toEqual(['A', 'B']);
});

it('knows DICOM by its bytes, whatever the name, and leaves pairs of Analyze alone', async () => {
  for (const z of [0, 3, 6]) await slice(`series/i${z}.img`, z);
  await slice('series/i9.MR', 9);
  await write('series/readme.txt', 'no slice');
  const { cases, problems } = await openDataset(folder);
  expect(cases[0]?.series?.files).toHaveLength(4);
  expect(problems).toEqual([]);
  const image = join(folder, 'series/i0.img');
  expect(await isDicomFile(image)).toBe(true);
  await write('series/i0.hdr', '');
  expect(await isDicomFile(image)).toBe(false);
});

it('counts a file once that has several names by links', async () => {
  for (const z of [0, 3]) await slice(`in/${z}.dcm`, z);
  await slice('store/6.dcm', 6);
  await symlink('../store/6.dcm', join(folder, 'in/6.dcm'));
  await symlink('0.dcm', join(folder, 'in/again.dcm'));
  const { volume } = await readOneSeries(join(folder, 'in'));
  expect(volume.shape).toEqual([3, 3, 2]);
});

it('names several series of a folder by number and description, and what tells them apart', async () => {
  await slice('1', 0, {
    ...series('1.1', '2', 'T1 mprage/sag\u0007'),
    '0008,0031': ['TM', '140559.2'],
  });
  await slice('2', 0, series('1.2', '3'));
  await slice('3', 0, series('1.3', '3'));
  const base = folder.slice(folder.lastIndexOf('/') + 1);
  const { cases } = await openDataset(folder);
  expect(cases.map(({ id }) => id)).toEqual([
    `${base}_2_T1-mprage-sag`,
    `${base}_3_1`,
    `${base}_3_2`,
  ]);
  expect(cases[0]?.series).toMatchObject({ number: 2, time: '14:05:59' });
  expect(await failure(readOneSeries(folder))).toContain(
    '1: CT series 2 "T1 mprage/sag" at 14:05:59 [1, 3, 2]; 2: CT series 3 [1, 3, 2]',
  );
});

it('groups series by patient and never shows whose they are', async () => {
  const subjects = async () =>
    (await openDataset(folder)).cases.map(({ id, subject }) => [id, subject]);
  await slice('x/1', 0, { ...series('1.1', '1'), ...patient('Doe') });
  await slice('y/1', 0, { ...series('1.2', '1'), ...patient('Doe') });
  await slice('z/a/1', 0, { ...series('1.3', '1'), ...patient('Roe') });
  await slice('z/b/1', 0, { ...series('1.4', '1'), ...patient('Poe') });
  expect(await subjects()).toEqual([
    ['x', 'x'],
    ['y', 'x'],
    ['z_a', 'z'],
    ['z_b', 'z 3'],
  ]);
  expect(JSON.stringify(await openDataset(folder))).not.toMatch(/[DRP]oe/);
});

it('tells patients by folders where one id was written into all files', async () => {
  await slice('x/1', 0, { ...series('1.1', '1'), ...patient('ANON') });
  await slice('y/1', 0, { ...series('1.2', '1'), ...patient('ANON') });
  const { cases } = await openDataset(folder);
  expect(cases.map(({ subject }) => subject)).toEqual(['x', 'y']);
});

it('says of an empty result why its files were left out', async () => {
  await write('a.txt', 'text');
  await write('b.txt', 'text');
  await slice('report', 0, { '7fe0,0010': undefined, '0008,0060': ['CS', 'SR'] });
  const told = await failure(openDataset(folder));
  expect(told).toMatch(/2 files, such as .*a\.txt was skipped: it is not DICOM/);
  expect(told).toMatch(/report was skipped: it holds no image \(SR\)/);
  expect((await openDicomFolder(folder)).skipped).toHaveLength(3);
});
