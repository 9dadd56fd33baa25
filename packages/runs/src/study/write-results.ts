import { csvOf } from '@voxmim/evaluation';
import * as z from 'zod';

import { Comparison, type ComparisonRow } from '@voxmim/report';
import { TuningResult } from './choose-settings.js';
import type { StudyRun } from './comparison.js';
import { writeStudyText } from './study-folder.js';

/** `study.json`: all that a study found, and what is missing from it. */
export const StudyResults = z
  .strictObject({
    conclusion: z.string(),
    comparison: Comparison,
    tuning: z.array(TuningResult).readonly(),
    failed: z.array(z.strictObject({ id: z.string(), message: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type StudyResults = z.infer<typeof StudyResults>;

/**
 * Writes what a study found for other programs: `study.json`, `study.csv` with a line per arm, labels
 * and budget, and `study-cases.csv` with a line per run, case and class.
 *
 * @throws `WRITE_FAILED`
 */
export async function writeResults(
  out: string,
  results: StudyResults,
  runs: readonly StudyRun[],
): Promise<void> {
  await writeStudyText(out, 'results', `${JSON.stringify(results, null, 2)}\n`);
  await writeStudyText(out, 'table', csvOf(results.comparison.rows.map(flatRow)));
  await writeStudyText(out, 'cases', csvOf(runs.flatMap(runRows)));
}

function flatRow(row: ComparisonRow) {
  const { budget, labels, arm, baseline, at, score, difference, finding, speed, area } = row;
  return {
    ...{ budget, labels, arm, baseline },
    ...Object.fromEntries(Object.entries(at).map(([axis, value]) => [`axis ${axis}`, value])),
    ...{ score: score.mean, scoreLow: score.low, scoreHigh: score.high },
    difference: difference?.mean ?? null,
    differenceLow: difference?.low ?? null,
    differenceHigh: difference?.high ?? null,
    finding,
    speedUp: speed?.speedUp?.mean ?? null,
    speedUpLow: speed?.speedUp?.low ?? null,
    speedUpHigh: speed?.speedUp?.high ?? null,
    area: area?.mean ?? null,
    areaDifference: area?.difference?.mean ?? null,
    ...{ seeds: row.seeds, pretrainings: row.pretrainings, cases: row.cases },
  };
}

function runRows({ arm, budget, labels, seed, pretraining, cases }: StudyRun) {
  return cases.flatMap(({ id, classes }) =>
    classes.map(({ name, dice, nsd, hd95 }) => ({
      ...{ arm, budget, labels, seed, pretraining, case: id, class: name },
      ...{ dice, nsd, hd95 },
    })),
  );
}
