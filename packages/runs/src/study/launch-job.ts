import type { AnyVoxmimError, StageProgress } from '@voxmim/core';

import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import type { RunOptions } from '../run/run-options.js';
import { runTask } from '../run/run-task.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { resolveTask } from '../tasks/resolve-task.js';

/** A run of a study with all that it needs. */
export interface LaunchedJob {
  readonly id: string;
  /** Its folder. */
  readonly out: string;
  readonly config: PretrainConfig | FinetuneConfig;
}

/** How a run of a study ended. */
export type JobOutcome =
  | { readonly status: 'completed' | 'interrupted' }
  | { readonly status: 'failed'; readonly error: AnyVoxmimError };

/** What a launcher is given beside the job. */
export interface LaunchContext {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: StageProgress) => void;
  /** Which of the places of a study that runs several jobs at once it has, from 0. */
  readonly slot: number;
}

/** Runs one job of a study, wherever; what it throws is that job's failure. */
export type LaunchJob = (job: LaunchedJob, context: LaunchContext) => Promise<JobOutcome>;

/** Runs jobs one after the other in this process, with one backend. */
export function launchHere(options: Omit<RunOptions, 'out' | 'resume' | 'force'>): LaunchJob {
  return async ({ out, config }, { signal, onProgress }) => {
    const { monitor } = options;
    const run = {
      ...options,
      ...(signal && { signal }),
      ...{ out, resume: true, force: false },
      monitor: {
        ...monitor,
        progress: (progress: StageProgress) => {
          monitor?.progress?.(progress);
          onProgress(progress);
        },
      },
    };
    const { registries = createRunRegistries() } = options;
    const configured = await resolveTask(config, { registries });
    const { status } = await runTask(configured, { ...run, registries });
    return { status };
  };
}
