import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isVoxmimError } from '../errors.js';
import { namesIfThere, readIfThere } from './read-if-there.js';
import { reasonOf } from './system-reason.js';

let root: string;
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'voxmim-read-'))));
afterAll(() => rm(root, { recursive: true }));

it('only what is not there is not there', async () => {
  await writeFile(join(root, 'file'), 'text');
  expect(await readIfThere(join(root, 'file'))).toBe('text');
  expect(await readIfThere(join(root, 'none'))).toBeUndefined();
  expect(await readIfThere(join(root, 'file/below'))).toBeUndefined();
  const error: unknown = await readIfThere(root).catch((thrown: unknown) => thrown);
  if (!isVoxmimError(error, 'READ_FAILED')) throw error;
  expect(error.problem).toBe(`${root} cannot be read: it is a folder, not a file.`);
});

it('takes no folder that cannot be read for an empty one', async () => {
  expect(await namesIfThere(root)).toEqual(['file']);
  expect(await namesIfThere(join(root, 'none'))).toEqual([]);
  expect(await namesIfThere(join(root, 'file/below'))).toEqual([]);
  // Longer than any system takes.
  const path = join(root, 'x'.repeat(5000));
  await expect(namesIfThere(path)).rejects.toMatchObject({ code: 'READ_FAILED' });
});

it('tells the codes of the system in words, and leaves other errors theirs', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(reasonOf(full)).toBe('no space is left on the disk');
  expect(reasonOf(new Error('odd'))).toBe('odd');
});
