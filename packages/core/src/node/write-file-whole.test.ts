import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import { isVoxmimError } from '../errors.js';

import { partName, sweepParts } from './part-files.js';
import { writeFileWhole } from './write-file-whole.js';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'voxmim-whole-'))));
afterEach(() => rm(root, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

it('writes names as long as the disk takes them', async () => {
  const path = join(root, 'n'.repeat(255));
  await writeFileWhole(path, 'text');
  expect(await readFile(path, 'utf8')).toBe('text');
});

it('a folder that cannot be made is told as that', async () => {
  await writeFile(join(root, 'file'), '');
  const error: unknown = await writeFileWhole(join(root, 'file/below/a'), '').catch((e: unknown) => e); // prettier-ignore
  if (!isVoxmimError(error, 'WRITE_FAILED')) throw error;
  expect(error.problem).toContain('a part of the path is a file');
});

it('what holds voxels of patients is for its owner alone', async () => {
  await writeFileWhole(join(root, 'made/a'), '', { ownerOnly: true });
  expect(await modeOf(join(root, 'made'))).toBe(0o700);
  expect(await modeOf(join(root, 'made/a'))).toBe(0o600);
});

it('sweeps what killed processes left, and nothing else', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const left = partName().replace(`-${process.pid}-`, `-${dead}-`);
  const elsewhere = '.voxmim-00000000-1-0123456789ab.part';
  const earlier = 'a.nii.gz.0b0e9e3c-5a5e-4a39-9d0e-3a1a0d1f7c11.part';
  const kept = [partName(), 'mine.part', 'thesis.txt', elsewhere];
  for (const name of [left, earlier, ...kept]) await writeFile(join(root, name), '');
  await utimes(join(root, earlier), 0, 0);
  await mkdir(join(root, 'sub'));
  await sweepParts(root);
  expect((await readdir(root)).sort()).toEqual([...kept, 'sub'].sort());
});
