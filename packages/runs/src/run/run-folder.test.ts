import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { RunFolder, savedCheckpoint, type RunFolderOptions } from './run-folder.js';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'voxmim-folder-'))));
afterEach(() => rm(root, { recursive: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), `mine: ${name}`);
  }
}

const record = JSON.stringify({ task: 'pretrain', status: 'running' });
const split = JSON.stringify({ train: ['a'], validation: [], test: ['b'] });

/** What runs write, in the order that they write it. */
const beginning = [
  ['run.json', record],
  ['split.json', split],
  ['config.yaml', 'task: pretrain\nseed: 1\nsteps: 3\nencoder: { name: vit }\n'],
] as const;

async function begun(files: number = beginning.length): Promise<void> {
  for (const [name, text] of beginning.slice(0, files)) await writeFile(join(root, name), text);
}

async function refusal(options: RunFolderOptions) {
  const error: unknown = await RunFolder.open(root, options).catch((thrown: unknown) => thrown);
  return isVoxmimError(error) ? error.code : error;
}

async function start(options: RunFolderOptions): Promise<boolean> {
  const folder = await RunFolder.open(root, options);
  const write = () => folder.writeJson('record', JSON.parse(record));
  await folder.begin({ config: { task: 'pretrain' }, split: JSON.parse(split) as unknown }, write);
  await folder.close();
  return folder.resumed;
}

const users = ['predictions/thesis.txt', 'checkpoints/my.pt', 'report.html', 'config.yaml'];

it.each(users)('a folder with somebody’s %s is no run, whatever is asked', async (name) => {
  await put(name, 'other.txt');
  for (const options of [{}, { resume: true }, { force: true }]) {
    expect(await refusal(options)).toBe('FILE_EXISTS');
  }
  expect(await readFile(join(root, name), 'utf8')).toBe(`mine: ${name}`);
});

it('by force what a run wrote goes, and what its user put beside it stays', async () => {
  await begun();
  const own = [
    'predictions/b.nii.gz',
    'checkpoints/step-00000002/state.json',
    'reconstructions/0-a-input.nii.gz',
    'tensorboard/events.out.tfevents.0000000001.voxmim.7.1',
    'metrics.jsonl',
    'evaluation.json',
    'report.html',
  ];
  const kept = ['predictions/thesis.txt', 'checkpoints/my.pt', 'notes.md', 'reconstructions/x.png'];
  await put(...own, ...kept);
  expect(await refusal({})).toBe('RUN_EXISTS');
  expect(await start({ force: true })).toBe(false);
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  expect(files.sort()).toEqual([...kept, ...beginning.map(([name]) => name)].sort());
});

it.each([0, 1, 2])('what a kill leaves after %d of the first files starts anew', async (files) => {
  await begun(files);
  expect(await start({})).toBe(false);
  expect(await start({ resume: true })).toBe(true);
});

it('a run whose record or split is lost still goes on', async () => {
  await begun();
  await put('metrics.jsonl');
  await writeFile(join(root, 'metrics.jsonl'), '{"event":"step","step":1}\n');
  await rm(join(root, 'run.json'));
  await rm(join(root, 'split.json'));
  expect(await start({ resume: true })).toBe(true);
});

it('says where checkpoints that were saved are gone, in place of starting over', async () => {
  await begun();
  expect(await savedCheckpoint(root)).toBeUndefined();
  await writeFile(join(root, 'metrics.jsonl'), '{"event":"step","step":9}\n');
  expect(await savedCheckpoint(root)).toBeUndefined();
  await writeFile(join(root, 'metrics.jsonl'), '{"event":"checkpoint","step":8}\n');
  await expect(savedCheckpoint(root)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    problem: expect.stringContaining('after step 8') as string,
  });
});

it('sweeps half-written files of killed processes, and takes the lock of one that is gone', async () => {
  await begun();
  await put('split.json.0b0e9e3c-5a5e-4a39-9d0e-3a1a0d1f7c11.part', 'their.part');
  const folder = await RunFolder.open(root, { resume: true });
  expect(await readdir(root)).toContain('their.part');
  await expect(RunFolder.check(root, { resume: true })).rejects.toMatchObject({
    code: 'RUN_LOCKED',
  });
  await folder.close();
});
