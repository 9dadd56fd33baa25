import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';

import { openDataset } from './open-dataset.js';
import { readLabels } from './read-labels.js';
import { readVolume, writeVolume } from '@voxmim/formats/node';
import { writePhantomDataset } from './write-phantom-dataset.js';

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

describe('openDataset', () => {
  it('opens what writePhantomDataset wrote', async () => {
    await writePhantomDataset(folder, { seed: 1, count: 2, heldOut: 1 });
    expect(await readdir(join(folder, 'labelsTs'))).toEqual(['phantom_002.nii.gz']);
    const dataset = await openDataset(folder);
    expect(dataset.classes.slice(0, 3)).toEqual(['background', 'liver', 'spleen']);
    expect(dataset.cases.map(({ id }) => id)).toEqual(['phantom_000', 'phantom_001']);
    const [first] = dataset.cases;
    const scan = await readVolume(first.images[0]);
    const truth = await readLabels(first.label ?? '', dataset.classes.length, scan);
    expect(new Set(truth.data).size).toBe(dataset.classes.length);
  });

  it('opens a folder of images, and imagesTr with labelsTr', async () => {
    await nifti('b.nii.gz');
    await nifti('a.nii.gz');
    expect((await openDataset(folder)).cases.map(({ id }) => id)).toEqual(['a', 'b']);
    await nifti('imagesTr/c.nii.gz');
    await nifti('imagesTr/d.nii.gz');
    await nifti('labelsTr/c.nii.gz');
    const pair = await openDataset(folder);
    expect(pair.cases.map(({ label }) => label !== undefined)).toEqual([true, false]);
    expect(pair.problems[0]).toContain('1 of 2 images have no label, such as d');
  });

  it('refuses a missing folder and an empty one', async () => {
    for (const path of [join(folder, 'none'), folder]) {
      const error = await failure(openDataset(path));
      expect(isVoxmimError(error, 'NOT_FOUND')).toBe(true);
      expect(String(error)).toContain(path);
    }
  });

  it('refuses a label without its image', async () => {
    await nifti('imagesTr/c.nii.gz');
    await nifti('labelsTr/z.nii.gz');
    const error = await failure(openDataset(folder));
    expect(isVoxmimError(error, 'INVALID_DATA') && error.details.reason).toBe(
      'label without image',
    );
  });

  it.each([
    ['text', '{"name":', 'INVALID_FILE'],
    ['no cases', '{"training": []}', 'NOT_FOUND'],
    [
      'a listed file that is missing',
      '{"training": [{"image": "imagesTr/q.nii.gz"}]}',
      'NOT_FOUND',
    ],
    ['a wrong type', '{"training": 5}', 'INVALID_CONFIG'],
  ] as const)('refuses a dataset.json with %s', async (_, text, code) => {
    await writeFile(join(folder, 'dataset.json'), text);
    const error = await failure(openDataset(folder));
    expect(isVoxmimError(error, code)).toBe(true);
    expect(String(error)).toContain('dataset.json');
  });

  it('refuses class numbers with gaps', async () => {
    await nifti('imagesTr/c.nii.gz');
    const text = {
      labels: { 0: 'background', 2: 'x' },
      training: [{ image: 'imagesTr/c.nii.gz' }],
    };
    await writeFile(join(folder, 'dataset.json'), JSON.stringify(text));
    expect(isVoxmimError(await failure(openDataset(folder)), 'INVALID_DATA')).toBe(true);
  });
});

it('takes one volume as a data set', async () => {
  await nifti('a.nii.gz');
  const path = join(folder, 'a.nii.gz');
  expect(await openDataset(path)).toMatchObject({
    layout: 'file',
    cases: [{ id: 'a', images: [path] }],
  });
});
