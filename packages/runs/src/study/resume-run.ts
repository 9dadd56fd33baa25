import { VoxmimError } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { join } from 'node:path';

import { holdsRun, readConfig, runEntry } from '../run/run-folder.js';
import type { RunOptions } from '../run/run-options.js';
import { runTask, type TaskResult } from '../run/run-task.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { resolveTask } from '../tasks/resolve-task.js';
import { readStudyConfig } from './resolve-study.js';
import type { StudyResult } from './gather-study.js';
import { runStudy } from './run-study.js';
import { studyEntry } from './study-folder.js';

/** What {@link resumeRun} is given; `out` is the folder of the run. */
export interface ResumeOptions extends Omit<RunOptions, 'resume' | 'force'> {
  /** Where its data lie now; by default where they lay. */
  readonly data?: string;
  /** Changes to its config, such as `steps=5000`: of what does not change what it learns. */
  readonly set?: readonly string[];
}

/** How what went on ended. */
export type ResumeResult =
  | { readonly kind: 'run'; readonly result: TaskResult }
  | { readonly kind: 'study'; readonly result: StudyResult };

/**
 * Goes on with the run or study in a folder, with the config that it has saved.
 *
 * @throws `NOT_FOUND` where there is none; `INVALID_CONFIG` for a change of what it learns; `INVALID_DATA` for other
 *   data; what `runTask` and `runStudy` throw
 */
export async function resumeRun({
  data,
  set = [],
  ...given
}: ResumeOptions): Promise<ResumeResult> {
  const { out, registries = createRunRegistries() } = given;
  const options = { ...given, registries, resume: true };
  const moved = data === undefined ? [] : [`data.path=${data}`];
  const study = studyEntry(out, 'config');
  if ((await readIfThere(study)) !== undefined) {
    if (given.exchange) throw notTogether(given.exchange.size);
    const config = await readStudyConfig(study, { registries, set, shared: moved });
    return { kind: 'study', result: await runStudy(config, options) };
  }
  if (await holdsRun(join(out, 'pretrain'))) throw withoutConfig(out);
  const configured = await resolveTask(await readConfig(out), {
    ...{ registries, set: [...set, ...moved], origin: runEntry(out, 'config') },
  });
  return { kind: 'run', result: await runTask(configured, options) };
}

function notTogether(size: number): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `A study was started as ${size} processes, each of which would do all of it.`,
    'Resume it as one process: --jobs runs several of its runs at a time.',
    { component: 'study', capability: 'several processes' },
  );
}

/** A study of an earlier release, or one that was killed in its first moment. */
function withoutConfig(out: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `The study in ${out} has not saved its config.`,
    `Go on with it by voxmim study CONFIG --out ${out} --resume.`,
    { path: studyEntry(out, 'config') },
  );
}
