import {
  bootstrapInterval,
  caseMeans,
  comparePairs,
  meanOf,
  type CaseMetrics,
  type EmptyPolicy,
} from '@voxmim/evaluation';

import type { Comparison, ComparisonRow } from '@voxmim/report';
import type { Study } from './resolve-study.js';

/** A fine-tuning of a study, once it is judged. */
export interface StudyRun {
  readonly arm: string;
  /** Empty where the study has only one. */
  readonly budget: string;
  /** Labeled volumes (subjects, where a subject has several) it was trained on. */
  readonly labels: number;
  readonly seed: number;
  /** The seed of its pretraining; null where there is none. */
  readonly pretraining: number | null;
  /** The folder of that pretraining in the study's. */
  readonly source: string | null;
  readonly folder: string;
  readonly cases: readonly CaseMetrics[];
  /** Validation scores over steps. */
  readonly curve: readonly { readonly step: number; readonly score: number }[];
}

const CONFIDENCE = 0.95;

/**
 * Compares every arm with training from scratch at the same labels.
 *
 * Each test case has one number per arm: its mean Dice, averaged over seeds. Differences are paired
 * by case. Convergence is read from validation curves averaged over seeds.
 */
export function compareRuns(
  runs: readonly StudyRun[],
  policy: EmptyPolicy,
  { config, arms }: Pick<Study, 'config' | 'arms'>,
): Comparison {
  const groups = groupsOf(runs, policy);
  const rows = groups.map((group) => {
    const other = arms.find(({ name }) => name === group.arm)?.baseline;
    const baseline = groups.find(({ arm, labels }) => arm === other && labels === group.labels);
    return rowOf(group, baseline === group ? undefined : baseline);
  });
  return {
    metric: 'Dice',
    baseline: config.baseline,
    test: 'Wilcoxon signed-rank test, two-sided, paired by case',
    confidence: CONFIDENCE,
    rows,
    note:
      'Dice is the mean over classes, then over test cases; each case is averaged over seeds first. ' +
      'Intervals are percentile bootstrap over cases, so they tell of other patients, not of other seeds.',
  };
}

interface Group {
  readonly arm: string;
  readonly labels: number;
  readonly seeds: number;
  /** Mean Dice by case id, over seeds. */
  readonly scores: ReadonlyMap<string, number>;
  readonly curve: StudyRun['curve'];
}

function groupsOf(runs: readonly StudyRun[], policy: EmptyPolicy): Group[] {
  const keys = [...new Set(runs.map(({ arm, labels }) => JSON.stringify([labels, arm])))];
  return keys.flatMap((key) => {
    const members = runs.filter(({ arm, labels }) => JSON.stringify([labels, arm]) === key);
    const [first] = members;
    if (first === undefined) return [];
    return [
      {
        arm: first.arm,
        labels: first.labels,
        seeds: members.length,
        scores: averageScores(members, policy),
        curve: averageCurve(members),
      },
    ];
  });
}

function averageScores(runs: readonly StudyRun[], policy: EmptyPolicy): Map<string, number> {
  const all = new Map<string, number[]>();
  for (const { cases } of runs) {
    const means = caseMeans(cases, 'dice', policy);
    cases.forEach(({ id }, index) => {
      const score = means[index] ?? NaN;
      if (Number.isFinite(score)) all.set(id, [...(all.get(id) ?? []), score]);
    });
  }
  return new Map([...all].map(([id, scores]) => [id, meanOf(scores)]));
}

function averageCurve(runs: readonly StudyRun[]): StudyRun['curve'] {
  const [first, ...rest] = runs.map(({ curve }) => curve);
  return (first ?? []).map(({ step, score }, index) => ({
    step,
    score: meanOf([score, ...rest.map((curve) => curve[index]?.score ?? score)]),
  }));
}

function rowOf(group: Group, baseline: Group | undefined): ComparisonRow {
  const { arm, labels, seeds, scores } = group;
  const row = {
    labels,
    arm,
    seeds,
    cases: scores.size,
    score: bootstrapInterval([...scores.values()], { confidence: CONFIDENCE }),
  };
  if (!baseline) return { ...row, difference: null, pValue: null, convergence: null };
  const paired = [...scores].flatMap(([id, score]) => {
    const other = baseline.scores.get(id);
    return other === undefined ? [] : [{ mine: score, other }];
  });
  const { difference, test, pairs } = comparePairs(
    paired.map(({ mine }) => mine),
    paired.map(({ other }) => other),
    { confidence: CONFIDENCE },
  );
  return {
    ...row,
    difference,
    pValue: pairs < 2 ? null : test.pValue,
    convergence: convergenceOf(group.curve, baseline.curve),
  };
}

function convergenceOf(
  curve: StudyRun['curve'],
  baseline: StudyRun['curve'],
): ComparisonRow['convergence'] {
  if (baseline.length === 0) return null;
  const target = Math.max(...baseline.map(({ score }) => score));
  const reached = (points: StudyRun['curve']) =>
    points.find(({ score }) => score >= target)?.step ?? null;
  return { target, steps: reached(curve), baselineSteps: reached(baseline) };
}
