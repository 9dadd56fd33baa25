import type { ReportedScore, SavedFindings, TaskReport } from '@voxmim/core';

import {
  METRIC_TITLES,
  metricsOf,
  parseClassifyEvaluation,
  type ClassifyEvaluation,
} from './evaluation.js';
import { calibrationChart, rocChart } from './report-charts.js';

/** Fewer test cases than this make wide intervals. */
const FEW = 20;

/** What a classification has to tell; its curves alone where it has not been judged. */
export function reportClassification({ evaluation }: SavedFindings): TaskReport {
  if (evaluation === undefined) return { conclusion: '', warnings: [], highlights: [] };
  const found = parseClassifyEvaluation(evaluation);
  const metrics = metricsOf(found);
  return {
    conclusion: conclusionOf(found),
    warnings: warningsOf(found),
    highlights: metrics.slice(0, 4).map(([name, { mean }]) => ({
      label: METRIC_TITLES[name].title,
      value: mean.toFixed(METRIC_TITLES[name].digits),
    })),
    tables: [
      {
        title: 'Test cases',
        columns: metrics.map(([name]) => METRIC_TITLES[name]),
        rows: [{ name: 'model', label: null, cells: metrics.map(([, score]) => cellOf(score)) }],
        note:
          `${found.cases.length} test cases. In brackets 95 % bootstrap intervals: subjects are drawn with ` +
          'replacement, all cases of each together.',
      },
    ],
    charts: found.kind === 'classes' ? [rocChart(found), calibrationChart(found)] : [],
  };
}

function cellOf(score: ReportedScore): ReportedScore | null {
  return Number.isFinite(score.mean) ? score : null;
}

function conclusionOf(found: ClassifyEvaluation): string {
  const [first] = metricsOf(found);
  if (!first) return '';
  const [name, { mean, low, high }] = first;
  const { title, digits } = METRIC_TITLES[name];
  const text = [mean, low, high].map((value) => value.toFixed(digits));
  return `${title} is ${text[0] ?? ''} (95 % interval ${text[1] ?? ''} to ${text[2] ?? ''}) on ${found.cases.length} test cases.`;
}

function warningsOf(found: ClassifyEvaluation): string[] {
  const { cases, failed } = found;
  const absent =
    found.kind === 'classes'
      ? found.classes.filter((_, label) => !found.cases.some(({ target }) => target === label))
      : [];
  const guess =
    found.kind === 'classes' && found.summary.auc.low <= 0.5
      ? ['The interval of the AUC holds 0.5: it may be no better than chance.']
      : [];
  return [
    ...absent.map((name) => `No test case is ${name}: how well it is told is not known.`),
    ...guess,
    ...failed.map(({ id, message }) => `Test case ${id} is in no score: ${message}`),
    ...(cases.length < FEW
      ? [
          `Only ${cases.length} test cases: intervals are wide, and other patients may fare otherwise.`,
        ]
      : []),
  ];
}
