import { VoxmimError } from '@voxmim/core';
import { join } from 'node:path';

import { tidyComplete } from '../run/report-at-end.js';
import { lockFolder } from '../run/run-lock.js';
import type { RunOptions } from '../run/run-options.js';
import { backendOf } from '../run/start-run.js';
import { chooseSettings, settingKey, type ChosenSettings } from './choose-settings.js';
import { gatherStudy, type StudyResult } from './gather-study.js';
import { launchHere, type LaunchedJob, type LaunchJob } from './launch-job.js';
import type { Study } from './resolve-study.js';
import { runJobs } from './run-jobs.js';
import { isComplete } from './run-state.js';
import { checkStudyFolder, takeStudyFolder } from './study-folder.js';
import { finetuneConfigOf, studyJobs, type StudyJob } from './study-jobs.js';
import { StudyProgress } from './study-progress.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

/** What a study is given beside its config. */
export interface StudyOptions extends RunOptions {
  /** How many runs go on at a time; default 1. More need a `launch` that starts processes. */
  readonly jobs?: number;
  /** Runs one job; by default in this process. */
  readonly launch?: LaunchJob;
}

/** A run that failed, or could not be started because of one that did. */
export interface FailedRun {
  readonly id: string;
  readonly message: string;
}

/**
 * Runs all of a study that is not complete yet: pretrainings, then tunings, then what is compared; and
 * writes its report. A run that fails costs only itself and what needs it.
 *
 * With `resume`, runs that are complete are kept and interrupted ones go on.
 *
 * @throws what `pretrain` and `finetune` throw, where not a single run could be completed
 */
export async function runStudy(study: Study, options: StudyOptions): Promise<StudyResult> {
  const { out } = options;
  await checkStudyFolder(out, options);
  const release = await lockFolder(out);
  try {
    return await runLocked(study, options);
  } finally {
    await release();
  }
}

async function runLocked(study: Study, options: StudyOptions): Promise<StudyResult> {
  const { out } = options;
  const jobs = studyJobs(study);
  await takeStudyFolder(out, study.config, jobs, options);
  const launch = options.launch ?? (await launcherHere(study, options));
  const progress = new StudyProgress(jobs, options);
  const stages = new StudyStages(out, { ...options, launch, progress });
  if (!(await stages.run(jobs.pretrainings))) return interrupted(out);
  if (!(await stages.run(jobs.tunings))) return interrupted(out);
  const { chosen } = await chooseSettings(study, jobs, out);
  if (!(await stages.run(jobs.runs, chosen))) return interrupted(out);
  const { registries } = options;
  return gatherStudy(study, { out, failed: stages.failed, ...(registries && { registries }) });
}

/** Runs one job of a study that others of its jobs are run beside, as an array job does. */
export async function runStudyJob(
  study: Study,
  id: string,
  options: RunOptions,
): Promise<'completed' | 'interrupted'> {
  const { out } = options;
  const jobs = studyJobs(study);
  const job = [...jobs.pretrainings, ...jobs.tunings, ...jobs.runs].find(
    (found) => found.id === id,
  );
  if (!job) throw unknownJob(id);
  const { chosen } = await chooseSettings(study, jobs, out);
  const prepared = preparedJob(job, out, chosen);
  if (!prepared) throw notReady(id);
  if (await isComplete(prepared.out, prepared.config)) return 'completed';
  const launch = launchHere(options);
  const { signal, monitor } = options;
  const outcome = await launch(prepared, {
    signal,
    slot: 0,
    onProgress: () => monitor,
  });
  if (outcome.status === 'failed') throw outcome.error;
  return outcome.status;
}

async function launcherHere(study: Study, options: StudyOptions): Promise<LaunchJob> {
  const { registries = createRunRegistries() } = options;
  const [first] = study.arms;
  const fields = first?.budgets[0]?.settings[0]?.config ?? {};
  const backend = await backendOf(fields, options);
  return launchHere({ ...options, registries, backend });
}

function interrupted(out: string): StudyResult {
  return { status: 'interrupted', out, conclusion: '', failed: [] };
}

/** Runs stage after stage and keeps what failed. */
class StudyStages {
  readonly failed: FailedRun[] = [];
  readonly #out: string;
  readonly #options: StudyOptions & {
    readonly launch: LaunchJob;
    readonly progress: StudyProgress;
  };

  constructor(
    out: string,
    options: StudyOptions & { readonly launch: LaunchJob; readonly progress: StudyProgress },
  ) {
    this.#out = out;
    this.#options = options;
  }

  /** @returns false where it was interrupted */
  async run(jobs: readonly StudyJob[], chosen: ChosenSettings = new Map()): Promise<boolean> {
    const { launch, progress, signal, jobs: width = 1 } = this.#options;
    const outcomes = await runJobs(await this.#prepared(jobs, chosen), {
      ...{ launch, width, signal },
      onStart: (job) => {
        progress.start(job.id);
      },
      onProgress: (job, state) => {
        progress.step(job.id, state);
      },
      onEnd: (job, outcome) => {
        progress.end(job.id, outcome);
        if (outcome.status === 'failed')
          this.failed.push({ id: job.id, message: outcome.error.message });
      },
    });
    return (
      !signal?.aborted && [...outcomes.values()].every(({ status }) => status !== 'interrupted')
    );
  }

  /** Those that are not complete and can be run. */
  async #prepared(jobs: readonly StudyJob[], chosen: ChosenSettings): Promise<LaunchedJob[]> {
    const ready: LaunchedJob[] = [];
    for (const job of jobs) {
      const prepared = preparedJob(job, this.#out, chosen);
      const missing = job.kind === 'pretrain' ? undefined : this.#missing(job.source);
      if (prepared && missing === undefined) {
        if (await isComplete(prepared.out, prepared.config)) {
          const { monitor = {}, registries = createRunRegistries() } = this.#options;
          await tidyComplete(prepared.out, monitor, registries);
          this.#options.progress.skip(job.id);
        } else ready.push(prepared);
        continue;
      }
      const message = missing ?? 'Not started: no setting of its arm could be tuned.';
      this.failed.push({ id: job.id, message });
      this.#options.progress.skip(job.id);
    }
    return ready;
  }

  #missing(source: string | null): string | undefined {
    const isFailed = this.failed.some(({ id }) => id === source);
    return isFailed ? `Not started: ${source} failed.` : undefined;
  }
}

/** A job with the config it is run with; undefined where no setting could be chosen for it. */
export function preparedJob(
  job: StudyJob,
  out: string,
  chosen: ChosenSettings,
): LaunchedJob | undefined {
  const folder = join(out, job.id);
  if (job.kind === 'pretrain') return { id: job.id, out: folder, config: job.config };
  const setting =
    job.kind === 'tuning' ? job.settings[0] : chosen.get(settingKey(job.arm, job.budget));
  if (!setting) return undefined;
  return { id: job.id, out: folder, config: finetuneConfigOf(job, setting, out) };
}

function unknownJob(id: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `The study has no run "${id}".`,
    'Take a name that --dry-run lists.',
    { path: 'only', received: id },
  );
}

function notReady(id: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `The setting of "${id}" cannot be chosen: no tuning of its arm is complete.`,
    'Run the tunings first; --dry-run lists them.',
    { path: id },
  );
}
