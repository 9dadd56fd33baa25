import { VoxmimError } from '@voxmim/core';
import { writeFileWhole } from '@voxmim/core/node';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import type { StudyConfig } from '@voxmim/presets';
import { removeRun } from '../run/own-files.js';
import { holdsRun, pathExists, type RunFolderOptions } from '../run/run-folder.js';
import { reportFiles } from '../reporting/write-report.js';
import { allJobs, type StudyJobs } from './study-jobs.js';

/** Files of a study in its folder, by what they hold. */
const ENTRIES = {
  config: 'study.yaml',
  results: 'study.json',
  table: 'study.csv',
  cases: 'study-cases.csv',
  logs: 'logs',
  slurm: 'slurm',
} as const;

/** Where an entry of the study at `out` lies. */
export function studyEntry(out: string, entry: keyof typeof ENTRIES): string {
  return join(out, ENTRIES[entry]);
}

/**
 * Whether `out` may be taken for a study. Touches nothing.
 *
 * @throws `RUN_EXISTS` where it holds one and neither `resume` nor `force` is set
 */
export async function checkStudyFolder(
  out: string,
  { resume = false, force = false }: RunFolderOptions,
): Promise<void> {
  if (resume || force || !(await pathExists(studyEntry(out, 'config')))) return;
  throw new VoxmimError(
    'RUN_EXISTS',
    `${out} already holds a study.`,
    `Go on with it by voxmim resume ${out}, replace it by --force, or write elsewhere by --out.`,
    { path: out },
  );
}

/**
 * Takes a folder for a study and writes `study.yaml`, from which each of its runs can be made alone.
 * With `force` the runs of this study that are there are removed, and nothing else.
 *
 * @throws as {@link checkStudyFolder}; `WRITE_FAILED`
 */
export async function takeStudyFolder(
  out: string,
  config: StudyConfig,
  jobs: StudyJobs,
  options: RunFolderOptions,
): Promise<void> {
  await checkStudyFolder(out, options);
  if (options.force) {
    for (const { id } of allJobs(jobs)) {
      const folder = join(out, id);
      if (await holdsRun(folder)) await removeRun(folder);
    }
  }
  // What is made of the runs is no longer true once they go on.
  const made = [studyEntry(out, 'results'), ...Object.values(reportFiles(out))];
  for (const path of made) await rm(path, { force: true });
  await makeStudyFolder(out);
  await writeStudyText(out, 'config', stringify(config));
}

/** Writes a text file of a study, whole or not at all. */
export async function writeStudyText(
  out: string,
  entry: keyof typeof ENTRIES,
  text: string,
): Promise<void> {
  await writeFileWhole(studyEntry(out, entry), new TextEncoder().encode(text));
}

async function makeStudyFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (error) {
    throw new VoxmimError(
      'WRITE_FAILED',
      `${out} cannot be made: ${String(error)}`,
      'Choose a folder that you may write to by --out.',
      { path: out },
      { cause: error },
    );
  }
}
