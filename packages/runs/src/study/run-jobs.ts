import { isVoxmimError } from '@voxmim/core';

import type { JobOutcome, LaunchContext, LaunchedJob, LaunchJob } from './launch-job.js';

/** How {@link runJobs} goes about it. */
export interface RunJobsOptions {
  readonly launch: LaunchJob;
  /** How many run at a time. */
  readonly width: number;
  readonly signal: AbortSignal | undefined;
  readonly onStart: (job: LaunchedJob) => void;
  readonly onProgress: (job: LaunchedJob, ...args: Parameters<LaunchContext['onProgress']>) => void;
  readonly onEnd: (job: LaunchedJob, outcome: JobOutcome) => void;
}

/**
 * Runs jobs in order, some at a time. One that fails does not keep the others from running; after the
 * signal none is started.
 *
 * @returns outcomes by id, of the jobs that were started
 */
export async function runJobs(
  jobs: readonly LaunchedJob[],
  options: RunJobsOptions,
): Promise<Map<string, JobOutcome>> {
  const outcomes = new Map<string, JobOutcome>();
  const waiting = [...jobs];
  const work = async (slot: number) => {
    for (let job = waiting.shift(); job && !options.signal?.aborted; job = waiting.shift()) {
      options.onStart(job);
      const outcome = await launched(job, slot, options);
      outcomes.set(job.id, outcome);
      options.onEnd(job, outcome);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(options.width, jobs.length) }, (_, slot) => work(slot)),
  );
  return outcomes;
}

async function launched(
  job: LaunchedJob,
  slot: number,
  { launch, signal, onProgress }: RunJobsOptions,
): Promise<JobOutcome> {
  try {
    return await launch(job, {
      signal,
      slot,
      onProgress: (progress) => {
        onProgress(job, progress);
      },
    });
  } catch (error) {
    // A fault of the program itself is no fault of one run.
    if (!isVoxmimError(error)) throw error;
    return { status: 'failed', error };
  }
}
