import type { CaseMetrics, ClassMetrics } from './evaluate-case.js';
import { type BootstrapOptions, bootstrapInterval, type Interval, meanOf } from './statistics.js';

/**
 * What a class that is missing from truth or prediction counts for in overlap metrics:
 *
 * | truth | prediction | `monai` | `monaiScoreEmpty` | `nnunet` |
 * | --- | --- | --- | --- | --- |
 * | empty | empty | left out | 1 | left out |
 * | empty | found | left out | 0 | 0 |
 * | there | empty | 0 | 0 | 0 |
 *
 * `monai` is `DiceMetric(ignore_empty=True)`, under which a false positive costs nothing. The mean of
 * all classes is a mean of case means for MONAI and a mean of class means for nnU-Net.
 */
export type EmptyPolicy = 'monai' | 'monaiScoreEmpty' | 'nnunet';

/** The metrics that are summarized. */
export const metricNames = ['dice', 'iou', 'nsd', 'hd95', 'hd', 'assd'] as const;
export type MetricName = (typeof metricNames)[number];

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

/** A table over cases. */
export interface Summary {
  readonly policy: EmptyPolicy;
  readonly cases: number;
  readonly classes: readonly ClassSummary[];
  /** Over classes: of case means, or of class means, as the policy's origin does. */
  readonly mean: Readonly<Record<MetricName, Interval>>;
}

/** How {@link summarize} counts. */
export interface SummaryOptions extends BootstrapOptions {
  /** Defaults to `nnunet`: a false positive counts. */
  readonly policy?: EmptyPolicy;
}

/** Means over cases with bootstrap intervals, per class and over all classes. */
export function summarize(
  cases: readonly CaseMetrics[],
  { policy = 'nnunet', ...bootstrap }: SummaryOptions = {},
): Summary {
  const names = cases[0]?.classes.map(({ name }) => name) ?? [];
  const classes = names.map((name, index) => ({
    name,
    metrics: perMetric((metric) =>
      summarizeMetric(
        cases.map(({ classes: found }) => scoreOf(found[index], metric, policy)),
        bootstrap,
      ),
    ),
  }));
  const mean = perMetric((metric) => {
    const ofCases = bootstrapInterval(
      caseMeans(cases, metric, policy).filter(Number.isFinite),
      bootstrap,
    );
    if (policy !== 'nnunet') return ofCases;
    const center = meanOf(
      classes.map((found) => found.metrics[metric].mean).filter(Number.isFinite),
    );
    return {
      mean: center,
      low: center + ofCases.low - ofCases.mean,
      high: center + ofCases.high - ofCases.mean,
    };
  });
  return { policy, cases: cases.length, classes, mean };
}

/**
 * One number per case: the mean over the classes that count. For paired tests between two models.
 *
 * @returns NaN for a case where no class counts
 */
export function caseMeans(
  cases: readonly CaseMetrics[],
  metric: MetricName,
  policy: EmptyPolicy = 'nnunet',
): number[] {
  return cases.map(({ classes }) =>
    meanOf(classes.map((found) => scoreOf(found, metric, policy)).filter(Number.isFinite)),
  );
}

/** What one class of one case counts for under a policy; NaN where it is left out. */
export function scoreOf(found: ClassMetrics, metric: MetricName, policy: EmptyPolicy): number {
  const isOverlap = metric === 'dice' || metric === 'iou' || metric === 'nsd';
  if (!isOverlap || found.truthVoxels > 0) return found[metric];
  if (policy === 'monai') return NaN;
  if (found.predictedVoxels > 0) return 0;
  return policy === 'monaiScoreEmpty' ? 1 : NaN;
}

function summarizeMetric(values: readonly number[], bootstrap: BootstrapOptions): MetricSummary {
  const counted = values.filter(Number.isFinite);
  return {
    ...bootstrapInterval(counted, bootstrap),
    cases: counted.length,
    undefinedCases: values.filter(Number.isNaN).length,
    infiniteCases: values.filter((value) => value === Infinity).length,
  };
}

function perMetric<Value>(of: (metric: MetricName) => Value): Record<MetricName, Value> {
  return {
    dice: of('dice'),
    iou: of('iou'),
    nsd: of('nsd'),
    hd95: of('hd95'),
    hd: of('hd'),
    assd: of('assd'),
  };
}
