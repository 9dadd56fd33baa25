import type { StudyConfig } from '../config/study-config.js';
import { readEvaluation } from '../evaluation/saved-evaluation.js';
import type { Comparison } from '../report/report-content.js';
import { concludeComparison } from '../report/conclude-comparison.js';
import { finetune } from '../run/finetune.js';
import { pretrain } from '../run/pretrain.js';
import type { RunOptions } from '../run/run-options.js';
import { backendOf } from '../run/start-run.js';
import { createRegistries } from '../registries.js';
import { compareRuns, type StudyRun } from './comparison.js';
import { readCurve } from './read-curve.js';
import { armsOf, pretrainingOf, type Arm } from './study-arms.js';
import { writeStudyReport } from './study-report.js';

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
}

/**
 * Pretrains once, then fine-tunes from scratch and from the pretraining at every number of labels
 * with every seed, judges all on the same test cases, and writes a report.
 *
 * With `resume`, runs that are complete are kept and the interrupted one goes on.
 *
 * @throws what {@link pretrain} and {@link finetune} throw
 */
export async function runStudy(config: StudyConfig, options: RunOptions): Promise<StudyResult> {
  const { registries = createRegistries(), out } = options;
  const backend = await backendOf(config.pretrain, options);
  const shared = { ...options, registries, backend };
  const source = pretrainingOf(out);
  const pretraining = await pretrain(config.pretrain, { ...shared, out: source });
  const interrupted = { status: 'interrupted', out, conclusion: '' } as const;
  if (pretraining.status === 'interrupted') return interrupted;
  const arms = armsOf(config, out);
  const runs: StudyRun[] = [];
  for (const [index, arm] of arms.entries()) {
    const { monitor } = options;
    monitor?.note?.(
      `Fine-tuning ${index + 1} of ${arms.length}: ${arm.arm}, ${arm.labels} labels, seed ${arm.seed}.`,
    );
    const run = await runArm(arm, shared);
    if (run === undefined) return interrupted;
    runs.push(run);
  }
  const comparison = compareRuns(runs, config.finetune.evaluation.policy);
  const conclusion = concludeComparison(comparison);
  const report = await writeStudyReport({ out, source, arms, comparison, conclusion });
  return { status: 'completed', out, comparison, conclusion, report };
}

async function runArm(
  { arm, labels, seed, out, config }: Arm,
  options: RunOptions,
): Promise<StudyRun | undefined> {
  const done = options.resume ? await readEvaluation(out) : undefined;
  if (!done) {
    const result = await finetune(config, { ...options, out });
    if (result.status === 'interrupted') return undefined;
  }
  const evaluation = done ?? (await readEvaluation(out));
  return { arm, labels, seed, cases: evaluation?.cases ?? [], curve: await readCurve(out) };
}
