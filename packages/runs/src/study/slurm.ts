import { VoxmimError } from '@voxmim/core';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import type { RunFolderOptions } from '../run/run-folder.js';
import { chooseSettings } from './choose-settings.js';
import type { Study } from './resolve-study.js';
import { isComplete } from './run-state.js';
import { preparedJob } from './run-study.js';
import { studyEntry, takeStudyFolder } from './study-folder.js';
import { studyJobs, type StudyJob } from './study-jobs.js';

/** How a study is handed to Slurm. */
export interface SlurmOptions extends RunFolderOptions {
  /** The folder of the study, which all nodes can see. */
  readonly out: string;
  /** What starts the command line on a node, such as `node …/voxmim.js`. */
  readonly command: readonly string[];
  /** How many tasks run at a time. */
  readonly width: number;
  /** Options of sbatch, such as `--gres=gpu:1`. */
  readonly options: readonly string[];
}

/** One job that Slurm is given: an array, or at the end what gathers. */
export interface SlurmScript {
  readonly stage: string;
  /** The run of each task; none for what gathers. */
  readonly ids: readonly string[];
  readonly text: string;
}

/**
 * The array jobs of all runs that are not complete, stage by stage, and one that gathers them. Writes
 * nothing.
 */
export async function slurmScripts(study: Study, options: SlurmOptions): Promise<SlurmScript[]> {
  const out = resolve(options.out);
  const jobs = studyJobs(study);
  const { chosen } = await chooseSettings(study, jobs, out);
  const isLeft = async (job: StudyJob) => {
    const prepared = preparedJob(job, options.out, chosen);
    return !prepared || !(await isComplete(prepared.out, prepared.config));
  };
  const stages = { pretrainings: jobs.pretrainings, tunings: jobs.tunings, finetunings: jobs.runs };
  const scripts: SlurmScript[] = [];
  for (const [stage, all] of Object.entries<readonly StudyJob[]>(stages)) {
    const ids: string[] = [];
    for (const job of all) if (await isLeft(job)) ids.push(job.id);
    if (ids.length > 0) scripts.push({ stage, ids, text: scriptOf(stage, ids.length, options) });
  }
  return [...scripts, { stage: 'gather', ids: [], text: scriptOf('gather', 0, options) }];
}

/**
 * Writes the scripts into the study's folder and submits them, each stage after the one before,
 * whatever became of that: a run whose pretraining failed fails alone.
 *
 * @returns the numbers that Slurm gave, by stage
 * @throws `RUN_EXISTS`, `NOT_FOUND` without sbatch, `RUN_FAILED` where it refuses
 */
export async function submitStudy(
  study: Study,
  options: SlurmOptions,
): Promise<{ readonly stage: string; readonly job: string; readonly runs: number }[]> {
  const { out } = options;
  await takeStudyFolder(out, study.config, studyJobs(study), options);
  const folder = studyEntry(out, 'slurm');
  await mkdir(folder, { recursive: true });
  await mkdir(studyEntry(out, 'logs'), { recursive: true });
  const submitted: { stage: string; job: string; runs: number }[] = [];
  for (const { stage, ids, text } of await slurmScripts(study, options)) {
    const path = join(folder, `${stage}.sbatch`);
    await writeFile(path, text);
    await writeFile(join(folder, `${stage}.txt`), ids.map((id) => `${id}\n`).join(''));
    const before = submitted.at(-1);
    const after = before ? [`--dependency=afterany:${before.job}`] : [];
    submitted.push({ stage, job: await sbatch([...after, path]), runs: ids.length });
  }
  return submitted;
}

function scriptOf(
  stage: string,
  tasks: number,
  { out, command, width, options }: SlurmOptions,
): string {
  const folder = resolve(out);
  const study = [...command, 'study', studyEntry(folder, 'config'), '--out', out]
    .map(quoted)
    .join(' ');
  const isArray = tasks > 0;
  const list = quoted(join(studyEntry(folder, 'slurm'), `${stage}.txt`));
  return [
    '#!/bin/bash',
    `#SBATCH --job-name=${basename(folder)}-${stage}`,
    ...(isArray ? [`#SBATCH --array=0-${tasks - 1}%${width}`] : []),
    `#SBATCH --output=${join(studyEntry(folder, 'logs'), `slurm-${stage}-${isArray ? '%A_%a' : '%j'}.log`)}`,
    '# Before its time is over, a run saves; submitted anew, it goes on.',
    '#SBATCH --signal=B:TERM@120',
    ...options.map((option) => `#SBATCH ${option}`),
    '',
    `cd ${quoted(process.cwd())}`,
    ...(isArray
      ? [`id=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${list})`, `exec ${study} --only "$id"`]
      : [`exec ${study} --gather`]),
    '',
  ].join('\n');
}

function sbatch(args: readonly string[]): Promise<string> {
  return new Promise((accept, reject) => {
    execFile('sbatch', ['--parsable', ...args], { env: process.env }, (error, stdout, stderr) => {
      // With a cluster's name it is "number;name".
      if (!error) accept(stdout.trim().split(';')[0] ?? '');
      else reject(error.code === 'ENOENT' ? noSlurm(error) : refused(stderr.trim(), args, error));
    });
  });
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function noSlurm(cause: Error): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    'There is no sbatch here.',
    'Run the command where Slurm is, or run the study here with --jobs.',
    { path: 'sbatch' },
    { cause },
  );
}

function refused(reason: string, args: readonly string[], cause: Error): VoxmimError<'RUN_FAILED'> {
  return new VoxmimError(
    'RUN_FAILED',
    `sbatch refused the job: ${reason}`,
    'Correct the options that --sbatch passes on.',
    { path: args.at(-1) ?? '', reason },
    { cause },
  );
}
