import { VoxmimError } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { join } from 'node:path';

import { readFinetuneConfig, readPretrainConfig } from '../config/resolve-config.js';
import { createRegistries } from '@voxmim/presets';
import { finetune, type FinetuneResult } from '../run/finetune.js';
import { pretrain, type PretrainResult } from '../run/pretrain.js';
import { holdsRun, readConfig, runEntry } from '../run/run-folder.js';
import type { RunOptions } from '../run/run-options.js';
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
  | { readonly task: 'pretrain'; readonly result: PretrainResult }
  | { readonly task: 'finetune'; readonly result: FinetuneResult }
  | { readonly task: 'study'; readonly result: StudyResult };

/**
 * Goes on with the pretraining, fine-tuning or study in a folder, with the config that it has saved.
 *
 * @throws `NOT_FOUND` where there is none; `INVALID_CONFIG` for a change of what it learns; `INVALID_DATA` for other
 *   data; what `pretrain`, `finetune` and `runStudy` throw
 */
export async function resumeRun({
  data,
  set = [],
  ...given
}: ResumeOptions): Promise<ResumeResult> {
  const { out, registries = createRegistries() } = given;
  const options = { ...given, registries, resume: true };
  const moved = data === undefined ? [] : [`data.path=${data}`];
  const study = studyEntry(out, 'config');
  if ((await readIfThere(study)) !== undefined) {
    if (given.exchange) throw notTogether(given.exchange.size);
    const config = await readStudyConfig(study, { registries, set, shared: moved });
    return { task: 'study', result: await runStudy(config, options) };
  }
  const changes = { registries, set: [...set, ...moved] };
  if (await holdsRun(join(out, 'pretrain'))) throw withoutConfig(out);
  const { task } = await readConfig(out);
  const path = runEntry(out, 'config');
  if (task === 'pretrain') {
    const config = await readPretrainConfig(path, changes);
    return { task, result: await pretrain(config, options) };
  }
  if (task === 'finetune') {
    const config = await readFinetuneConfig(path, changes);
    return { task, result: await finetune(config, options) };
  }
  throw new VoxmimError(
    'INVALID_FILE',
    `${path} is the config of no run.`,
    'Give the output folder of a voxmim run.',
    { path },
  );
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
