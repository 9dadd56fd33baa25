import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { unpacked, walkFiles } from './walk-files.js';

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'voxmim-walk-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(folder, { recursive: true, force: true });
});

async function write(name: string, text = 'x'): Promise<string> {
  const path = join(folder, name);
  await fs.mkdir(dirname(path), { recursive: true });
  await fs.writeFile(path, text);
  return path;
}
const isVolume = (name: string) => name.endsWith('.nii');
const names = async (root = folder) =>
  (await walkFiles(root, { isVolume })).files.map(({ name }) => name);

it('finds files in order and passes over hidden ones and what systems leave behind', async () => {
  for (const name of ['b.nii', 'a/c.nii', '._b.nii', '.git/x', '__MACOSX/b.nii', 'Thumbs.db']) {
    await write(name);
  }
  expect(await names()).toEqual(['a/c.nii', 'b.nii']);
});

it('takes links for what they point to, files and folders, and those that git left as text', async () => {
  const root = join(folder, 'in');
  await write('store/sub-01/a.nii');
  await write('store/b.nii');
  await write('in/own.nii');
  await fs.symlink('../store/sub-01', join(root, 'sub-01'));
  await fs.symlink('../store/b.nii', join(root, 'b.nii'));
  await write('in/sub-02', '../store/sub-01');
  await write('in/c.nii', '../store/b.nii');
  await write('in/notes.txt', 'see ../store/none.nii');
  const found = await walkFiles(root);
  expect(found.files.map(({ name }) => name)).toEqual([
    'b.nii',
    'c.nii',
    'notes.txt',
    'own.nii',
    'sub-01/a.nii',
    'sub-02/a.nii',
  ]);
  expect(found.files[1]?.path).toBe(join(folder, 'store/b.nii'));
  expect([found.hasLinks, found.notes]).toEqual([true, []]);
});

it('names links to nothing and into a circle, and goes on without them', async () => {
  await write('a/x.nii');
  await fs.symlink('nowhere', join(folder, 'gone.nii'));
  await fs.symlink('..', join(folder, 'a/up'));
  await fs.symlink('self', join(folder, 'self'));
  const { files, notes } = await walkFiles(folder);
  expect(files.map(({ name }) => name)).toEqual(['a/x.nii']);
  expect(notes.join(' ')).toMatch(/gone\.nii is a link to something that is not there/);
  expect(notes.join(' ')).toMatch(/a.up is a link to a folder that it lies in/);
  expect(notes.join(' ')).toMatch(/self cannot be opened \(its links go round in a circle\)/);
});

it('names a folder that is locked, and goes on without it', async () => {
  await write('a.nii');
  await write('locked/b.nii');
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  const { realpath } = fs;
  // Whoever runs as root may open everything.
  jest
    .spyOn(jest.requireActual<typeof fs>('node:fs/promises'), 'realpath')
    .mockImplementation((path) =>
      String(path).endsWith('locked') ? Promise.reject(denied) : realpath(path),
    );
  const { files, notes } = await walkFiles(folder);
  expect(files.map(({ name }) => name)).toEqual(['a.nii']);
  expect(notes).toEqual([
    `${join(folder, 'locked')} cannot be opened (permission denied), and is left out.`,
  ]);
});

it('takes a folder named as a volume for the one volume that it holds', async () => {
  const inner = await write('p/p_flair.nii/00000057.nii');
  await write('p/p_t1.nii/a.nii');
  await write('p/p_t1.nii/b.nii');
  const { files } = await walkFiles(folder, { isVolume });
  expect(files.map(({ name }) => name)).toEqual([
    'p/p_flair.nii',
    'p/p_t1.nii/a.nii',
    'p/p_t1.nii/b.nii',
  ]);
  expect(files[0]?.path).toBe(inner);
  expect(await unpacked(join(folder, 'p/p_flair.nii'))).toBe(inner);
  expect(await unpacked(inner)).toBe(inner);
  const top = await walkFiles(join(folder, 'p'), { isVolume, depth: 0 });
  expect(top.files).toHaveLength(1);
  expect(top.notes[0]).toContain('p_t1.nii is a folder, not a file');
});

it('refuses what is missing, or no folder', async () => {
  const file = await write('a.nii');
  for (const path of [join(folder, 'none'), file]) {
    const error: unknown = await walkFiles(path).catch((thrown: unknown) => thrown);
    expect(isVoxmimError(error, 'NOT_FOUND')).toBe(true);
    expect(String(error)).not.toMatch(/ENO/);
  }
});
