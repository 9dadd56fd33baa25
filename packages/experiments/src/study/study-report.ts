import { readJsonlLog } from '@voxmim/training/node';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { readEvaluation } from '../evaluation/saved-evaluation.js';
import { curvesOf, mergeCurves, readRun } from '../report/read-run.js';
import {
  emptyReport,
  type Comparison,
  type CurveChart,
  type ReportContent,
  type ReportFact,
} from '../report/report-content.js';
import { readReconstructions, readSegmentations } from '../report/run-pictures.js';
import { scoreTableOf } from '../report/score-table.js';
import { writeReport } from '../report/write-report.js';
import { runEntry } from '../run/run-folder.js';

/** A fine-tuning as a report needs it. */
export interface ReportedRun {
  readonly arm: string;
  readonly labels: number;
  readonly seed: number;
  /** Its folder. */
  readonly out: string;
}

/** What a study has to report. */
export interface StudyReportInput {
  readonly out: string;
  /** Folder of the pretraining. */
  readonly source: string;
  readonly arms: readonly ReportedRun[];
  readonly comparison: Comparison;
  readonly conclusion: string;
}

/**
 * Writes the report of a study into its folder. Tables and pictures are those of the fewest labels
 * and the first seed; the comparison has all.
 *
 * @returns the path of the page
 */
export async function writeStudyReport(input: StudyReportInput): Promise<string> {
  return writeReport(input.out, await studyContent(input));
}

async function studyContent(input: StudyReportInput): Promise<ReportContent> {
  const { out, source, arms, comparison, conclusion } = input;
  const [first] = arms;
  const shown = arms.filter(({ labels, seed }) => labels === first?.labels && seed === first.seed);
  const models = shown.map(({ arm, out: folder }) => ({ name: arm, folder }));
  const pretraining = await readRun(source);
  const evaluations = await Promise.all(
    models.map(async ({ name, folder }) => ({ name, found: await readEvaluation(folder) })),
  );
  const summaries = evaluations.flatMap(({ name, found }) =>
    found ? [{ name, summary: found.summary }] : [],
  );
  const classes = evaluations[0]?.found?.classes ?? [];
  const title = `Test cases, ${first?.labels ?? 0} labels, seed ${first?.seed ?? 0}`;
  return {
    ...emptyReport,
    title: `What pretraining bought: ${basename(out)}`,
    conclusion,
    warnings: warningsOf(comparison),
    highlights: highlightsOf(comparison),
    comparison,
    tables: summaries.length > 0 ? [scoreTableOf(title, summaries, classes)] : [],
    classes: classes.slice(1),
    segmentations: await readSegmentations(models),
    reconstructions: await readReconstructions(source),
    curves: [
      ...prefixed('Pretraining', pretraining.curves),
      ...prefixed('Fine-tuning', mergeCurves(await armCurves(shown))),
    ],
    facts: pretraining.facts,
    configs: await configsOf([source, ...models.map(({ folder }) => folder)]),
  };
}

async function armCurves(arms: readonly ReportedRun[]): Promise<CurveChart[]> {
  const charts = await Promise.all(
    arms.map(async ({ arm, out }) => curvesOf(await readJsonlLog(runEntry(out, 'metrics')), arm)),
  );
  return charts.flat();
}

function prefixed(stage: string, charts: readonly CurveChart[]): CurveChart[] {
  return charts.map((chart) => ({ ...chart, title: `${stage}: ${chart.title}` }));
}

async function configsOf(folders: readonly string[]): Promise<{ name: string; text: string }[]> {
  return Promise.all(
    folders.map(async (folder) => ({
      name: basename(folder),
      text: await readFile(runEntry(folder, 'config'), 'utf8'),
    })),
  );
}

function highlightsOf({ rows }: Comparison): ReportFact[] {
  return rows.map(({ arm, labels, score }) => ({
    label: `Dice, ${arm}, ${labels} labels`,
    value: score.mean.toFixed(3),
  }));
}

/** Tests with few cases or one seed say little, whatever their p-value. */
function warningsOf({ rows }: Comparison): string[] {
  const cases = Math.min(...rows.map((row) => row.cases));
  const seeds = Math.min(...rows.map((row) => row.seeds));
  return [
    ...(seeds < 2
      ? ['One seed per arm: how much results vary from run to run is not measured.']
      : []),
    ...(cases < 10 ? [`Only ${cases} test cases: intervals are wide and the test is weak.`] : []),
  ];
}
