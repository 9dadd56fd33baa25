import { isVoxmimError, parseConfig, VoxmimError, type Registries } from '@voxmim/core';
import type { CaseMetrics } from '@voxmim/evaluation';
import { join } from 'node:path';

import { Split, type LabelCount } from '@voxmim/presets';
import { readYaml } from '../config/read-yaml.js';
import { readEvaluation } from '../judging/saved-evaluation.js';
import { concludeComparison, type Comparison } from '@voxmim/report';
import { runEntry } from '../run/run-folder.js';
import { chooseSettings, settingKey } from './choose-settings.js';
import { compareRuns, type StudyRun } from './comparison.js';
import { readCurve } from './read-curve.js';
import type { Study } from './resolve-study.js';
import { isComplete } from './run-state.js';
import type { FailedRun } from './run-study.js';
import { finetuneConfigOf, studyJobs, type FinetuneJob } from './study-jobs.js';
import { writeStudyReport } from './study-report.js';
import { writeResults } from './write-results.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

/** How a study ended. */
export interface StudyResult {
  readonly status: 'completed' | 'interrupted';
  readonly out: string;
  /** Absent where it was interrupted before anything could be compared. */
  readonly comparison?: Comparison;
  /** What the comparison shows, in words. */
  readonly conclusion: string;
  /** Path of the HTML report. */
  readonly report?: string;
  /** Runs that are not in the comparison, and why. */
  readonly failed: readonly FailedRun[];
}

/** What {@link gatherStudy} is given beside the study. */
export interface GatherOptions {
  /** The folder of the study. */
  readonly out: string;
  readonly failed?: readonly FailedRun[];
  /** With the plugins that read its volumes. */
  readonly registries?: Registries;
}

/**
 * Makes the comparison and the report of a study from what its folder holds. Runs that are not
 * complete are left out, and named.
 *
 * @throws `NOT_FOUND` where no run is complete
 */
export async function gatherStudy(
  study: Study,
  { out, failed = [], registries = createRunRegistries() }: GatherOptions,
): Promise<StudyResult> {
  const jobs = studyJobs(study);
  const { chosen, results: tuning } = await chooseSettings(study, jobs, out);
  const runs: StudyRun[] = [];
  const missing: FailedRun[] = [];
  for (const job of jobs.runs) {
    const setting = chosen.get(settingKey(job.arm, job.budget));
    const folder = join(out, job.id);
    const isReady =
      setting && (await isComplete(folder, finetuneConfigOf(job, setting, out)).catch(damaged));
    if (isReady) runs.push(await readStudyRun(job, folder));
    else if (!failed.some(({ id }) => id === job.id))
      missing.push({ id: job.id, message: 'Not complete.' });
  }
  const lost = [...failed, ...missing];
  if (runs.length === 0) throw nothingComplete(out, lost);
  const policy = study.arms[0]?.budgets[0]?.settings[0]?.config.evaluation.policy ?? 'nnunet';
  const comparison = compareRuns(runs, policy, study);
  const conclusion = concludeComparison(comparison);
  const results = { conclusion, comparison, tuning, failed: lost };
  await writeResults(out, results, runs);
  const report = await writeStudyReport({
    ...{ out, study, runs, comparison, conclusion, registries, failed: lost },
  });
  return { status: 'completed', out, comparison, conclusion, report, failed: lost };
}

async function readStudyRun(job: FinetuneJob, folder: string): Promise<StudyRun> {
  const { arm, budget, seed, pretraining, source, labels } = job;
  const evaluation = await readEvaluation(folder);
  const cases: readonly CaseMetrics[] = evaluation?.cases ?? [];
  return {
    ...{ arm, budget, seed, pretraining, source, folder, cases },
    labels: await labelCount(labels, folder),
    curve: await readCurve(folder),
  };
}

/** A count as it was asked for; what a share or all of them came to. */
async function labelCount(labels: LabelCount, folder: string): Promise<number> {
  if (typeof labels === 'number' && labels >= 1) return labels;
  const { labeled = [] } = parseConfig(Split, await readYaml(runEntry(folder, 'split')), folder);
  return labeled.length;
}

function damaged(error: unknown): boolean {
  if (!isVoxmimError(error)) throw error;
  return false;
}

function nothingComplete(out: string, [first]: readonly FailedRun[]): VoxmimError<'NOT_FOUND'> {
  const why = first ? ` ${first.id}: ${first.message}` : '';
  return new VoxmimError(
    'NOT_FOUND',
    `No run of the study in ${out} is complete, so there is nothing to compare.${why}`,
    'Mend what the first run says, and go on with --resume.',
    { path: out },
  );
}
