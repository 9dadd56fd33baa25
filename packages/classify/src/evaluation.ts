import { parseConfig } from '@voxmim/core';
import type { Interval } from '@voxmim/evaluation';
import * as z from 'zod';

import {
  accuracy,
  balancedAccuracy,
  classAuc,
  expectedCalibrationError,
  logLoss,
  predictedClass,
} from './metrics/class-metrics.js';
import { intervalsOf } from './metrics/intervals.js';
import {
  explainedVariance,
  meanAbsoluteError,
  rootMeanSquaredError,
} from './metrics/value-metrics.js';

/** A number that does not exist, such as the AUC of one class, is null in JSON and NaN in code. */
const value = z
  .number()
  .nullable()
  .transform((found) => found ?? NaN);
const Score = z.object({ mean: value, low: value, high: value });
const Failed = z.array(z.object({ id: z.string(), message: z.string() })).default([]);

const ClassCase = z.object({
  id: z.string(),
  subject: z.string(),
  target: z.int().min(0),
  probabilities: z.array(z.number()),
});
export type ClassCase = z.infer<typeof ClassCase>;

const ValueCase = z.object({
  id: z.string(),
  subject: z.string(),
  target: z.number(),
  value: z.number(),
});
export type ValueCase = z.infer<typeof ValueCase>;

/** `evaluation.json` of a classification. */
export const ClassifyEvaluation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('classes'),
    classes: z.array(z.string()),
    summary: z.object({
      auc: Score,
      balancedAccuracy: Score,
      accuracy: Score,
      calibrationError: Score,
      logLoss: Score,
    }),
    cases: z.array(ClassCase),
    failed: Failed,
  }),
  z.object({
    kind: z.literal('values'),
    summary: z.object({
      meanAbsoluteError: Score,
      rootMeanSquaredError: Score,
      explainedVariance: Score,
    }),
    cases: z.array(ValueCase),
    failed: Failed,
  }),
]);
export type ClassifyEvaluation = z.infer<typeof ClassifyEvaluation>;

/** A case that could not be read: no score counts it. */
export interface FailedCase {
  readonly id: string;
  readonly message: string;
}

/** Judges classes, each metric with a 95 % interval over subjects. */
export function evaluateClasses(
  cases: readonly ClassCase[],
  classes: readonly string[],
  failed: readonly FailedCase[] = [],
): ClassifyEvaluation {
  const summary = intervalsOf(cases, {
    auc: (some) => classAuc(some, classes.length),
    balancedAccuracy,
    accuracy,
    calibrationError: (some) => expectedCalibrationError(some),
    logLoss,
  });
  return {
    kind: 'classes',
    classes: [...classes],
    summary,
    cases: [...cases],
    failed: [...failed],
  };
}

/** Judges values likewise. */
export function evaluateValues(
  cases: readonly ValueCase[],
  failed: readonly FailedCase[] = [],
): ClassifyEvaluation {
  const summary = intervalsOf(cases, {
    meanAbsoluteError,
    rootMeanSquaredError,
    explainedVariance,
  });
  return { kind: 'values', summary, cases: [...cases], failed: [...failed] };
}

/** Reads `evaluation.json`. @throws `INVALID_CONFIG` */
export function parseClassifyEvaluation(evaluation: unknown): ClassifyEvaluation {
  const remedy = 'Restore the file, or remove it to report from the rest of the run.';
  return parseConfig(ClassifyEvaluation, evaluation, 'evaluation.json', remedy);
}

/** What each metric is called, and its digits. */
export const METRIC_TITLES = {
  auc: { title: 'AUC', digits: 3 },
  balancedAccuracy: { title: 'Balanced accuracy', digits: 3 },
  accuracy: { title: 'Accuracy', digits: 3 },
  calibrationError: { title: 'Calibration error', digits: 3 },
  logLoss: { title: 'Log loss', digits: 3 },
  meanAbsoluteError: { title: 'Mean absolute error', digits: 3 },
  rootMeanSquaredError: { title: 'Root mean squared error', digits: 3 },
  explainedVariance: { title: 'Explained variance', digits: 3 },
} as const;
export type MetricName = keyof typeof METRIC_TITLES;

/** The metrics of an evaluation in order. */
export function metricsOf({ summary }: ClassifyEvaluation): [MetricName, Interval][] {
  const named: Partial<Record<MetricName, Interval>> = summary;
  return keysOf(METRIC_TITLES).flatMap((name): [MetricName, Interval][] => {
    const found = named[name];
    return found ? [[name, found]] : [];
  });
}

function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  const names: Name[] = [];
  for (const name in record) names.push(name);
  return names;
}

/** An evaluation as text. */
export function evaluationText(evaluation: ClassifyEvaluation): string {
  const lines = metricsOf(evaluation).map(([name, { mean, low, high }]) => {
    const { title, digits } = METRIC_TITLES[name];
    const [shown, from, to] = [mean, low, high].map((number) => number.toFixed(digits));
    return `${title.padEnd(24)}${shown ?? ''}  [${from ?? ''}, ${to ?? ''}]`;
  });
  const { cases, failed } = evaluation;
  const subjects = new Set(cases.map(({ subject }) => subject)).size;
  return [
    ...lines,
    `${cases.length} test cases of ${subjects} subjects; 95 % bootstrap intervals over subjects.`,
    ...failed.map(({ id, message }) => `Failed, and in no score: ${id}. ${message}`),
  ].join('\n');
}

/** The class of a case that is predicted, by name. */
export function predictedName(
  probabilities: readonly number[],
  classes: readonly string[],
): string {
  return classes[predictedClass({ probabilities })] ?? '';
}
