import type { StudyJob } from './study-jobs.js';

/** A job of a study as a person says it. */
export function describeJob(job: StudyJob): string {
  if (job.kind === 'pretrain') return `pretraining of ${job.arm}, seed ${job.seed}`;
  const { kind, arm, budget, labels, seed, pretraining, trial } = job;
  return [
    kind === 'tuning' ? `tuning of ${arm}, setting ${(trial ?? 0) + 1}` : `fine-tuning of ${arm}`,
    ...(budget ? [budget] : []),
    `${labels} labels`,
    `seed ${seed}`,
    ...(pretraining === null ? [] : [`pretraining ${pretraining}`]),
  ].join(', ');
}
