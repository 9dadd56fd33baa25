import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { checkUnlocked, LOCK_FILE, lockFolder } from './run-lock.js';

let root: string;
let other: ChildProcess;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-lock-'));
  other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
});
afterEach(async () => {
  other.kill();
  await rm(root, { recursive: true });
});

async function holdBy(changes: Record<string, unknown>): Promise<void> {
  const holder = { pid: other.pid, host: hostname(), born: null, since: '2026-01-01T00:00:00Z x' };
  await writeFile(join(root, LOCK_FILE), JSON.stringify({ ...holder, ...changes }));
}

async function refusal() {
  const error: unknown = await lockFolder(root).catch((thrown: unknown) => thrown);
  return isVoxmimError(error, 'RUN_LOCKED') ? error : undefined;
}

it('a folder is one process’s until it lets it go', async () => {
  const release = await lockFolder(root);
  expect((await refusal())?.details).toMatchObject({ pid: process.pid });
  await expect(checkUnlocked(root)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
  await release();
  expect(await readdir(root)).toEqual([]);
  await (
    await lockFolder(root)
  )();
});

it('of two that want it at once, one has it', async () => {
  await holdBy({ pid: spawnSync(process.execPath, ['-e', '']).pid });
  const got = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(root)));
  expect(got.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(root)).toEqual([LOCK_FILE]);
});

it('the lock of a living process is kept', async () => {
  await holdBy({});
  expect((await refusal())?.problem).toContain(`Process ${other.pid} is at work`);
});

it.each([
  ['of a dead process', () => ({ pid: spawnSync(process.execPath, ['-e', '']).pid })],
  ['of a process whose number another has now', () => ({ born: 'another start 17' })],
])('a lock %s is taken over', async (_, changes) => {
  if ('born' in changes() && process.platform !== 'linux') return;
  await holdBy(changes());
  const release = await lockFolder(root);
  expect(await readFile(join(root, LOCK_FILE), 'utf8')).toContain(`"pid":${process.pid},`);
  await release();
});

it('a lock that was cut off is taken over', async () => {
  await writeFile(join(root, LOCK_FILE), '{"pid":');
  await (
    await lockFolder(root)
  )();
});

it('a lock of another machine is told, with what to do', async () => {
  await holdBy({ host: 'elsewhere', pid: 1 });
  const error = await refusal();
  expect(error?.problem).toContain('of the machine elsewhere');
  expect(error?.remedy).toContain(join(root, LOCK_FILE));
});
