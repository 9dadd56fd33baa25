import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isAbsent, readIfThere } from '@voxmim/core/node';

import { Split } from '@voxmim/presets';

/** What a run writes into the folders of its own, by name. Files of other names are somebody else's. */
const FOLDERS: Readonly<Record<string, RegExp>> = {
  checkpoints: /^(step-\d{8,}|last|best|\.unfinished-.*)$/,
  tensorboard: /^events\.out\.tfevents\.[\w.-]+$/,
  reconstructions: /^\d+-.*-(input|target|prediction|hidden)\.nii\.gz$/,
};

/** Its single files, but for the record, which is written over: it tells that what is left is ours. */
const FILES = [
  'split.json',
  'metrics.jsonl',
  'transfer.txt',
  'evaluation.json',
  'evaluation.txt',
  'report.html',
  'report.json',
];

/**
 * Removes what the run in a folder wrote, and nothing else: a user's files in it, or in the folders of it, stay.
 *
 * @throws what the file system throws
 */
export async function removeOwnFiles(root: string): Promise<void> {
  for (const [folder, own] of Object.entries(FOLDERS)) {
    await removeFrom(join(root, folder), (name) => own.test(name));
  }
  const predicted = await predictedFiles(root);
  await removeFrom(join(root, 'predictions'), (name) => predicted.has(name));
  for (const name of FILES) await rm(join(root, name), { force: true });
}

/** Removes a run: what it wrote, and its folder where nothing else is in it. */
export async function removeRun(root: string): Promise<void> {
  // Without its config it is no run any more, whatever of it is left when a kill comes.
  await rm(join(root, 'config.yaml'), { force: true });
  await removeOwnFiles(root);
  await rm(join(root, 'run.json'), { force: true });
  await rmdir(root).catch(() => undefined);
}

/** The label maps of the test cases, which the split lists. */
async function predictedFiles(root: string): Promise<ReadonlySet<string>> {
  const text = await readIfThere(join(root, 'split.json'));
  try {
    const { test } = Split.parse(JSON.parse(text ?? ''));
    return new Set(test.map((id) => `${id}.nii.gz`));
  } catch {
    return new Set(); // without a list nothing is known to be the run's own
  }
}

async function removeFrom(folder: string, isOwn: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  for (const name of names) {
    if (isOwn(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
  // Stays where something of the user's is in it.
  await rmdir(folder).catch(() => undefined);
}
