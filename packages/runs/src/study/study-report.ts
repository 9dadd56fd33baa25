import type { Registries } from '@voxmim/core';
import { intervalCaution } from '@voxmim/evaluation';
import { readJsonlLog } from '@voxmim/training/node';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { readEvaluation } from '../judging/saved-evaluation.js';
import { readRun } from '../reporting/read-run.js';
import {
  emptyReport,
  type CurveChart,
  type ReportContent,
  type ReportFact,
  curvesOf,
  mergeCurves,
  type Comparison,
  scoreTableOf,
} from '@voxmim/report';
import { readReconstructions, readSegmentations } from '../reporting/run-pictures.js';
import { writeReport } from '../reporting/write-report.js';
import { runEntry } from '../run/run-folder.js';
import type { StudyRun } from './comparison.js';
import type { Study } from './resolve-study.js';
import type { FailedRun } from './run-study.js';

/** What a study has to report. */
export interface StudyReportInput {
  readonly out: string;
  readonly study: Study;
  readonly runs: readonly StudyRun[];
  readonly comparison: Comparison;
  readonly conclusion: string;
  readonly registries: Registries;
  readonly failed: readonly FailedRun[];
}

/** More arms than these in one table or row of pictures cannot be read. */
const SHOWN = 4;

/**
 * Writes the report of a study into its folder. Tables and pictures are those of the first number of
 * labels, budget and seed; the comparison has all.
 *
 * @returns the path of the page
 */
export async function writeStudyReport(input: StudyReportInput): Promise<string> {
  return writeReport(input.out, await studyContent(input));
}

async function studyContent(input: StudyReportInput): Promise<ReportContent> {
  const { out, runs, comparison, conclusion, registries, failed } = input;
  const shown = shownRuns(input);
  const [first] = shown;
  const source = runs.find((run) => run.source !== null)?.source ?? null;
  const pretraining = source === null ? null : await readRun(join(out, source), registries);
  const models = shown.map(({ arm, folder }) => ({ name: arm, folder }));
  const evaluations = await Promise.all(
    models.map(async ({ name, folder }) => ({ name, found: await readEvaluation(folder) })),
  );
  const summaries = evaluations.flatMap(({ name, found }) =>
    found ? [{ name, summary: found.summary }] : [],
  );
  const classes = evaluations[0]?.found?.classes ?? [];
  const title = `Test cases, ${first?.labels ?? 0} labels, seed ${first?.seed ?? 0}`;
  const run = pretraining ?? (first ? await readRun(first.folder) : emptyReport);
  return {
    ...emptyReport,
    title: `What pretraining bought: ${basename(out)}`,
    conclusion,
    warnings: warningsOf(comparison, failed),
    highlights: highlightsOf(comparison),
    comparison,
    tables: summaries.length > 0 ? [scoreTableOf(title, summaries, classes)] : [],
    classes: classes.slice(1),
    segmentations: await readSegmentations(models, registries),
    reconstructions: source === null ? [] : await readReconstructions(join(out, source)),
    curves: [
      ...prefixed('Pretraining', pretraining?.curves ?? []),
      ...prefixed('Fine-tuning', mergeCurves(await armCurves(shown))),
    ],
    facts: run.facts,
    configs: await configsOf([
      ...(source === null ? [] : [join(out, source)]),
      ...models.map(({ folder }) => folder),
    ]),
  };
}

/** One run of each arm that the study is about, the baseline first. */
function shownRuns({ study, runs }: StudyReportInput): StudyRun[] {
  const arms = study.arms.filter(({ diagnostic }) => diagnostic === null).map(({ name }) => name);
  const isFirst = (run: StudyRun, at: number, all: readonly StudyRun[]) =>
    all.findIndex(({ arm }) => arm === run.arm) === at;
  const [first] = runs;
  const alike = runs.filter(
    ({ labels, budget, seed }) =>
      labels === first?.labels && budget === first.budget && seed === first.seed,
  );
  return alike
    .filter(({ arm }) => arms.includes(arm))
    .filter(isFirst)
    .slice(0, SHOWN);
}

async function armCurves(arms: readonly StudyRun[]): Promise<CurveChart[]> {
  const charts = await Promise.all(
    arms.map(async ({ arm, folder }) =>
      curvesOf(await readJsonlLog(runEntry(folder, 'metrics')), arm),
    ),
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

/** Of the fewest labels: few numbers are remembered. */
function highlightsOf({ rows, metric }: Comparison): ReportFact[] {
  const [first] = rows;
  return rows
    .filter(({ labels, budget }) => labels === first?.labels && budget === first.budget)
    .slice(0, SHOWN)
    .map(({ arm, labels, score }) => ({
      label: `${metric}, ${arm}, ${labels} labels`,
      value: score.mean.toFixed(3),
    }));
}

/** What limits the comparison, whatever it shows. */
function warningsOf({ rows }: Comparison, failed: readonly FailedRun[]): string[] {
  const cases = Math.min(...rows.map((row) => row.cases));
  const seeds = Math.min(...rows.map((row) => row.seeds));
  const pretrained = rows.filter(({ pretrainings }) => pretrainings > 0);
  const caution = intervalCaution(cases);
  return [
    ...(seeds < 2
      ? [
          'One seed per arm: how much results vary from run to run is not measured, and no difference is called clear.',
        ]
      : []),
    ...(pretrained.some(({ pretrainings }) => pretrainings < 2)
      ? ['One pretraining per arm: another may be worth more or less.']
      : []),
    ...(caution === null ? [] : [caution]),
    ...failed.map(({ id, message }) => `Not in the comparison: ${id}. ${message}`),
  ];
}
