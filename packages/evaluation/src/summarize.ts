import { VoxmimError } from '@voxmim/core';

import { resampler, type BootstrapOptions, type Interval, type Resampler } from './bootstrap.js';
import type { CaseMetrics, ClassMetrics } from './evaluate-case.js';
import { caseMeans, scoreOf, type EmptyPolicy, type MetricName } from './score.js';

/** One metric over cases. */
export interface MetricSummary extends Interval {
  /** Cases that count. */
  readonly cases: number;
  /** Cases left out by the policy, or without a value. */
  readonly undefinedCases: number;
  /** Distances to a class that was not found or is not there. They are not in the mean. */
  readonly infiniteCases: number;
}

/** All metrics of one class. */
export interface ClassSummary {
  readonly name: string;
  readonly metrics: Readonly<Record<MetricName, MetricSummary>>;
}

/** An interval of every metric. */
export type MetricIntervals = Readonly<Record<MetricName, Interval>>;

/** A table over cases. */
export interface Summary {
  readonly policy: EmptyPolicy;
  /** Of the intervals. */
  readonly confidence: number;
  readonly cases: number;
  readonly classes: readonly ClassSummary[];
  /** The mean over all classes as the policy's origin takes it: one of {@link means}. */
  readonly mean: MetricIntervals;
  /** Both ways to a mean over all classes. They differ where classes are missing from cases. */
  readonly means: {
    /** Over the classes of each case, then over cases: MONAI's `reduction="mean"`. */
    readonly ofCaseMeans: MetricIntervals;
    /** Over the cases of each class, then over classes: nnU-Net's. A class no case has is left out. */
    readonly ofClassMeans: MetricIntervals;
  };
}

/** How {@link summarize} counts. */
export interface SummaryOptions extends BootstrapOptions {
  /** Defaults to `nnunet`: a false positive counts. */
  readonly policy?: EmptyPolicy;
}

/**
 * Means over cases with bootstrap intervals, per class and over all classes. Distances that are
 * infinite are counted and kept out of means (MONAI drops them from HD95 unseen, and lets them make
 * the mean of HD and ASSD infinite).
 *
 * @throws `INVALID_DATA` when cases are not of the same classes
 */
export function summarize(
  cases: readonly CaseMetrics[],
  { policy = 'nnunet', confidence = 0.95, ...bootstrap }: SummaryOptions = {},
): Summary {
  checkClasses(cases);
  const interval = resampler(cases.length, { confidence, ...bootstrap });
  const names = cases[0]?.classes.map(({ name }) => name) ?? [];
  const scores = perMetric((metric) =>
    names.map((_, label) => cases.map(({ classes }) => scoreOf(classes[label], metric, policy))),
  );
  const classes = names.map((name, label) => ({
    name,
    metrics: perMetric((metric) => summarizeMetric(scores[metric][label], interval)),
  }));
  const ofCaseMeans = perMetric((metric) => {
    const means = caseMeans(cases, metric, policy);
    return interval((chosen) => finiteMeanAt(means, chosen));
  });
  const ofClassMeans = perMetric((metric) =>
    interval((chosen) => meanOfMeansAt(scores[metric], chosen)),
  );
  const means = { ofCaseMeans, ofClassMeans };
  const mean = policy === 'nnunet' ? ofClassMeans : ofCaseMeans;
  return { policy, confidence, cases: cases.length, classes, mean, means };
}

function summarizeMetric(values: readonly number[], interval: Resampler): MetricSummary {
  return {
    ...interval((chosen) => finiteMeanAt(values, chosen)),
    cases: values.filter(Number.isFinite).length,
    undefinedCases: values.filter(Number.isNaN).length,
    infiniteCases: values.filter((value) => value === Infinity).length,
  };
}

/** The mean over classes of their means over the chosen cases. */
function meanOfMeansAt(ofClasses: readonly (readonly number[])[], chosen: Int32Array): number {
  const means = ofClasses.map((values) => finiteMeanAt(values, chosen));
  return finiteMeanAt(means, means.keys());
}

/** NaN when none of the chosen values is finite. */
function finiteMeanAt(values: readonly number[], chosen: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const index of chosen) {
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

function perMetric<Value>(of: (metric: MetricName) => Value): Record<MetricName, Value> {
  return {
    dice: of('dice'),
    iou: of('iou'),
    nsd: of('nsd'),
    hd95: of('hd95'),
    hd: of('hd'),
    assd: of('assd'),
    volumeDifferenceMl: of('volumeDifferenceMl'),
    relativeVolumeDifference: of('relativeVolumeDifference'),
  };
}

function checkClasses(cases: readonly CaseMetrics[]): void {
  const namesOf = (classes: readonly ClassMetrics[]) => classes.map(({ name }) => name).join(', ');
  const [first] = cases;
  const other = cases.find(({ classes }) => namesOf(classes) !== namesOf(first.classes));
  if (!other) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${other.id} has the classes ${namesOf(other.classes)}, but ${first.id} has ${namesOf(first.classes)}.`,
    'Evaluate all cases with the same classes.',
    { path: other.id, reason: 'classes differ' },
  );
}
