import { caseMeans } from '@voxmim/evaluation';
import type { ModelCard } from '@voxmim/weights';

import type { SavedEvaluation } from '../judging/saved-evaluation.js';

/** Worst cases that a card tells of. */
const WORST = 3;

type Scores = NonNullable<ModelCard['scores']>;
type Interval = Scores['mean']['dice'];

/** The scores of a run as its card has them: cases by their place in the test set, never by name. */
export function cardScores({ summary, cases, failed }: SavedEvaluation): Scores {
  return {
    cases: summary.cases,
    failed: failed.length,
    policy: summary.policy,
    classes: summary.classes.map(({ name, metrics }) => ({ name, ...threeOf(metrics) })),
    mean: threeOf(summary.mean),
    worst: worstOf(caseMeans(cases, 'dice', summary.policy)),
  };
}

function threeOf({ dice, nsd, hd95 }: Readonly<Record<'dice' | 'nsd' | 'hd95', Interval>>) {
  return { dice: intervalOf(dice), nsd: intervalOf(nsd), hd95: intervalOf(hd95) };
}

function intervalOf({ mean, low, high }: Interval): Interval {
  return { mean, low, high };
}

function worstOf(means: readonly number[]): Scores['worst'] {
  return means
    .map((dice, index) => ({ case: index + 1, dice }))
    .filter(({ dice }) => Number.isFinite(dice))
    .sort((left, right) => left.dice - right.dice)
    .slice(0, WORST);
}
