import {
  caseMeans,
  comparePairs,
  meanOf,
  scoreOf,
  type CaseMetrics,
  type EmptyPolicy,
  type MetricName,
} from '@voxmim/evaluation';

import type { ModelDifference, ModelDifferences } from '@voxmim/report';

/** A model and what it made of test cases; a case may come several times, once a seed. */
export interface ComparedModel {
  readonly name: string;
  readonly cases: readonly CaseMetrics[];
}

const METRICS: readonly {
  readonly metric: MetricName;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly higherIsBetter: boolean;
}[] = [
  { metric: 'dice', title: 'Dice', unit: '', digits: 3, higherIsBetter: true },
  { metric: 'nsd', title: 'NSD', unit: '', digits: 3, higherIsBetter: true },
  { metric: 'hd95', title: 'HD95', unit: 'mm', digits: 1, higherIsBetter: false },
];

const CONFIDENCE = 0.95;

/** The row of all classes together. */
export const MEAN = 'Mean';

/**
 * Compares models with the first of them, class by class and metric by metric, on the cases that all
 * have: means of both, the difference paired by case with its bootstrap interval over cases, and the
 * Wilcoxon signed-rank test. Where a case comes several times, its scores are averaged first.
 *
 * A distance exists only where both models found the class: fewer pairs count, and each row says how many.
 *
 * @param policy what a class that is missing counts for, for all models alike
 */
export function compareModels(
  models: readonly ComparedModel[],
  policy: EmptyPolicy,
): ModelDifferences {
  const [first, ...others] = models;
  const names = first?.cases[0]?.classes.map(({ name }) => name) ?? [];
  const rows = others.flatMap((other) => (first ? differencesOf(other, first, names, policy) : []));
  return {
    baseline: first?.name ?? '',
    test: 'Wilcoxon signed-rank test, two-sided, paired by case',
    confidence: CONFIDENCE,
    rows,
    note: 'A distance counts only where both found the class. The mean is over the classes of a case, then over cases.',
  };
}

function differencesOf(
  model: ComparedModel,
  baseline: ComparedModel,
  names: readonly string[],
  policy: EmptyPolicy,
): ModelDifference[] {
  const classes = [
    { name: MEAN, label: null },
    ...names.map((name, index) => ({ name, label: index + 1 })),
  ];
  return classes.flatMap(({ name, label }) =>
    METRICS.flatMap(({ metric, title, ...shown }) => {
      const scores = (of: ComparedModel) =>
        scoresByCase(of.cases, label === null ? null : name, metric, policy);
      const row = differenceOf(scores(model), scores(baseline));
      return row ? [{ model: model.name, name, label, metric: title, ...shown, ...row }] : [];
    }),
  );
}

type Row = Pick<ModelDifference, 'pairs' | 'baseline' | 'score' | 'difference' | 'pValue'>;

/** Undefined where no case has a value on both sides. */
function differenceOf(
  mine: ReadonlyMap<string, number>,
  theirs: ReadonlyMap<string, number>,
): Row | undefined {
  const shared = [...mine].flatMap(([id, score]) => {
    const other = theirs.get(id);
    return other === undefined ? [] : [{ score, other }];
  });
  if (shared.length === 0) return undefined;
  const [left, right] = [shared.map(({ score }) => score), shared.map(({ other }) => other)];
  const { difference, test, pairs } = comparePairs(left, right, { confidence: CONFIDENCE });
  return {
    pairs,
    score: meanOf(left),
    baseline: meanOf(right),
    difference,
    pValue: pairs < 2 ? null : test.pValue,
  };
}

/** One finite number a case, over its runs; of all classes together where no name is given. */
function scoresByCase(
  cases: readonly CaseMetrics[],
  name: string | null,
  metric: MetricName,
  policy: EmptyPolicy,
): Map<string, number> {
  const means = name === null ? caseMeans(cases, metric, policy) : [];
  const all = new Map<string, number[]>();
  cases.forEach(({ id, classes }, index) => {
    const found = classes.find((entry) => entry.name === name);
    const own = found ? scoreOf(found, metric, policy) : NaN;
    const score = name === null ? (means[index] ?? NaN) : own;
    if (Number.isFinite(score)) all.set(id, [...(all.get(id) ?? []), score]);
  });
  return new Map([...all].map(([id, scores]) => [id, meanOf(scores)]));
}
