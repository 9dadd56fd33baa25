import {
  replicatedInterval,
  replicatedMean,
  type CaseMetrics,
  type EmptyPolicy,
} from '@voxmim/evaluation';

import type { Comparison, ComparisonRow } from '@voxmim/report';
import { areaOf, meanCurve, speedOf } from './compare-curves.js';
import { findingOf } from './finding.js';
import type { Study, StudyArm } from './resolve-study.js';
import { runGroups, type RunGroup } from './run-group.js';
import { classScores, differenceScores, meanScores, type ScoreGrid } from './score-grid.js';

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
 * Compares every arm with its baseline at the same labels and budget. Scores are paired by case and
 * seed; intervals count pretrainings, seeds and cases together.
 */
export function compareRuns(
  runs: readonly StudyRun[],
  policy: EmptyPolicy,
  { config, arms }: Pick<Study, 'config' | 'arms'>,
): Comparison {
  const groups = runGroups(runs);
  const rows = groups.flatMap((group) => {
    const arm = arms.find(({ name }) => name === group.arm);
    if (!arm) return [];
    const baseline = groups.find(
      ({ arm: other, labels, budget }) =>
        other === arm.baseline && labels === group.labels && budget === group.budget,
    );
    return [rowOf(arm, group, baseline === group ? undefined : baseline, policy)];
  });
  return {
    metric: 'Dice',
    baseline: config.baseline,
    confidence: CONFIDENCE,
    rows,
    note:
      'Dice is the mean over classes, then over test cases. Intervals count pretrainings, seeds and cases ' +
      'together, as far as there are several: they tell of other runs and other patients alike.',
  };
}

function rowOf(
  arm: StudyArm,
  group: RunGroup,
  baseline: RunGroup | undefined,
  policy: EmptyPolicy,
): ComparisonRow {
  const scores = meanScores(group, policy);
  const difference = baseline && differenceScores(scores, meanScores(baseline, policy));
  const interval = (grid: ScoreGrid) => replicatedInterval(grid.scores, { confidence: CONFIDENCE });
  const found = difference && hasScores(difference) ? interval(difference) : null;
  const pretrainings = group.pretrainings.filter((pretraining) => pretraining !== null);
  const ofPretrainings =
    difference && pretrainings.length > 0 ? pretrainingIntervals(difference) : [];
  const { finding, doubt } = findingOf(found, ofPretrainings, group.seeds.length);
  return {
    ...{ arm: group.arm, labels: group.labels, budget: group.budget },
    baseline: baseline?.arm ?? null,
    diagnostic: arm.diagnostic,
    at: placeOf(arm),
    score: interval(scores),
    cases: scores.cases.length,
    seeds: group.seeds.length,
    pretrainings: pretrainings.length,
    ...{ difference: found, finding, doubt, ofPretrainings },
    ofSeeds: difference ? seedDifferences(difference) : [],
    classes: baseline ? classDifferences(group, baseline, policy) : [],
    speed: baseline ? speedOf(group, baseline, CONFIDENCE) : null,
    area: areaOf(group, baseline, CONFIDENCE),
    curve: meanCurve(group),
    pairs: baseline ? pairsOf(scores, meanScores(baseline, policy)) : [],
  };
}

function hasScores({ scores }: ScoreGrid): boolean {
  return scores.flat(2).some((value) => !Number.isNaN(value));
}

function placeOf({ at }: StudyArm): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(at).map(([axis, value]) => [
      axis,
      typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function pretrainingIntervals({
  pretrainings,
  scores,
}: ScoreGrid): ComparisonRow['ofPretrainings'] {
  return pretrainings.map((pretraining, at) => ({
    pretraining: pretraining ?? 0,
    difference: replicatedInterval([scores[at] ?? []], { confidence: CONFIDENCE }),
  }));
}

function seedDifferences({ pretrainings, seeds, scores }: ScoreGrid): ComparisonRow['ofSeeds'] {
  return pretrainings.flatMap((pretraining, p) =>
    seeds.flatMap((seed, s) => {
      const mean = replicatedMean([[scores[p]?.[s] ?? []]]);
      return Number.isNaN(mean) ? [] : [{ seed, pretraining, difference: mean }];
    }),
  );
}

function classDifferences(
  group: RunGroup,
  baseline: RunGroup,
  policy: EmptyPolicy,
): ComparisonRow['classes'] {
  const names = group.runs[0]?.cases[0]?.classes.map(({ name }) => name) ?? [];
  return names.flatMap((name) => {
    const [mine, other] = [classScores(group, name, policy), classScores(baseline, name, policy)];
    const gaps = differenceScores(mine, other);
    if (!hasScores(gaps)) return [];
    const difference = replicatedInterval(gaps.scores, { confidence: CONFIDENCE });
    return [
      {
        name,
        score: replicatedMean(mine.scores),
        baseline: replicatedMean(other.scores),
        difference,
        finding: findingOf(difference, [], group.seeds.length).finding ?? 'unclear',
      },
    ];
  });
}

function pairsOf(mine: ScoreGrid, other: ScoreGrid): ComparisonRow['pairs'] {
  return mine.cases.flatMap((id) => {
    const [score, baseline] = [caseMean(mine, id), caseMean(other, id)];
    return Number.isFinite(score) && Number.isFinite(baseline) ? [{ id, score, baseline }] : [];
  });
}

function caseMean({ cases, scores }: ScoreGrid, id: string): number {
  const at = cases.indexOf(id);
  return replicatedMean(scores.map((seeds) => seeds.map((row) => [row[at] ?? NaN])));
}
