import type { RunMonitor, StageProgress } from '@voxmim/core';

import { formatDuration } from '@voxmim/report';
import { describeJob } from './describe-job.js';
import type { JobOutcome } from './launch-job.js';
import { StudyClock, type TimedRun } from './study-clock.js';
import { allJobs, type StudyJob, type StudyJobs } from './study-jobs.js';

/** Says how far all runs of a study together are. */
export class StudyProgress {
  readonly #clock: StudyClock;
  readonly #jobs: ReadonlyMap<string, StudyJob>;
  readonly #monitor: RunMonitor | undefined;
  readonly #width: number;
  /** One run at a time shows its own progress. */
  readonly #together: boolean;

  constructor(jobs: StudyJobs, { monitor, jobs: width = 1, launch }: StudyProgressOptions) {
    this.#jobs = new Map(allJobs(jobs).map((job) => [job.id, job]));
    this.#clock = new StudyClock(allJobs(jobs).map(timedRun));
    this.#monitor = monitor;
    this.#width = width;
    this.#together = launch !== undefined;
  }

  /** A run that is complete already, or will not be run. */
  skip(id: string): void {
    this.#clock.skip(id);
  }

  start(id: string): void {
    const job = this.#jobs.get(id);
    const { runs, totalRuns, secondsLeft } = this.#clock.pace(this.#width);
    const left = Number.isFinite(secondsLeft) ? ` About ${formatDuration(secondsLeft)} left.` : '';
    if (job) this.#monitor?.note?.(`Run ${runs + 1} of ${totalRuns}: ${describeJob(job)}.${left}`);
  }

  step(id: string, { unit, done }: StageProgress): void {
    if (unit !== 'steps') return;
    this.#clock.step(id, done);
    if (!this.#together) return;
    const { steps, total } = this.#clock.pace(this.#width);
    this.#monitor?.progress?.({ stage: 'study', done: steps, total, unit: 'steps' });
  }

  end(id: string, outcome: JobOutcome): void {
    this.#clock.end(id);
    if (outcome.status === 'failed')
      this.#monitor?.note?.(`Failed: ${id}. ${outcome.error.message}`);
  }
}

/** What {@link StudyProgress} needs of a study's options. */
export interface StudyProgressOptions {
  readonly monitor?: RunMonitor;
  readonly jobs?: number;
  readonly launch?: unknown;
}

function timedRun(job: StudyJob): TimedRun {
  if (job.kind === 'pretrain') return { id: job.id, kind: job.arm, steps: job.config.steps };
  const steps = Math.max(...job.settings.map(({ config }) => config.steps));
  // Arms may cost differently a step; labels and seeds do not.
  return { id: job.id, kind: `fine-tuning ${job.arm}`, steps };
}
