import {
  meanHeight,
  meanOf,
  replicatedInterval,
  smoothCurve,
  stepsToLevel,
  type LearningCurve,
  type ReachedLevel,
} from '@voxmim/evaluation';

import type { ComparisonRow } from '@voxmim/report';
import { byRun, type RunGroup } from './run-group.js';

/** Of the baseline's final smoothed score: who is there has learned most of what there is to learn. */
const LEVEL = 0.95;

/**
 * How much sooner an arm reaches the level that the baseline sets: its final smoothed validation
 * scores, averaged over seeds, times 0.95. Seeds are the units. A run that never arrived counts with
 * all its steps, in both arms alike, so that equal arms are equally fast.
 *
 * @returns null where either has no curve
 */
export function speedOf(
  group: RunGroup,
  baseline: RunGroup,
  confidence: number,
): ComparisonRow['speed'] {
  const finals = byRun(baseline, ({ curve }) => smoothCurve(curve).at(-1)?.score).flat();
  const known = finals.filter((score) => score !== undefined);
  if (known.length === 0) return null;
  const level = LEVEL * meanOf(known);
  const [mine, other] = [arrivals(group, level), arrivals(baseline, level)];
  const [all, others] = [knownOf(mine), knownOf(other)];
  if (all.length === 0 || others.length === 0) return null;
  const gaps = pairedGaps(mine, other, group, baseline, ({ steps }) => -Math.log(steps));
  const interval = replicatedInterval(gaps, { confidence });
  const { mean, low, high } = interval;
  const hasSeeds = group.seeds.length > 1 && Number.isFinite(mean);
  return {
    level,
    ...{ steps: geometricMean(all), baselineSteps: geometricMean(others) },
    reached: [all.filter(({ reached }) => reached).length, all.length],
    baselineReached: [others.filter(({ reached }) => reached).length, others.length],
    speedUp: hasSeeds ? { mean: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) } : null,
  };
}

/** The mean height of an arm's validation curves, and how much it is above the baseline's. */
export function areaOf(
  group: RunGroup,
  baseline: RunGroup | undefined,
  confidence: number,
): ComparisonRow['area'] {
  const heights = byRun(group, ({ curve }) => finite(meanHeight(curve)));
  const known = heights.flat().filter((height) => height !== undefined);
  if (known.length === 0) return null;
  if (!baseline) return { mean: meanOf(known), difference: null };
  const others = byRun(baseline, ({ curve }) => finite(meanHeight(curve)));
  const gaps = pairedGaps(heights, others, group, baseline, (height) => height);
  const difference = replicatedInterval(gaps, { confidence });
  return { mean: meanOf(known), difference: Number.isFinite(difference.mean) ? difference : null };
}

/**
 * The mean validation score by step, with the lowest and highest of the runs. A run whose validations
 * lie at other steps than those of the first is left out, not filled.
 */
export function meanCurve({ runs }: RunGroup): ComparisonRow['curve'] {
  const [first] = runs;
  const stepsOf = (curve: LearningCurve) => curve.map(({ step }) => step).join();
  const alike = runs.filter(({ curve }) => first && stepsOf(curve) === stepsOf(first.curve));
  return (first?.curve ?? []).map(({ step }, at) => {
    const scores = alike.flatMap(({ curve }) => curve[at]?.score ?? []);
    return [step, meanOf(scores), Math.min(...scores), Math.max(...scores)];
  });
}

type Arrivals = readonly (readonly (ReachedLevel | undefined)[])[];

function arrivals(group: RunGroup, level: number): Arrivals {
  return byRun(group, ({ curve }) => stepsToLevel(curve, level));
}

function knownOf(found: Arrivals): ReachedLevel[] {
  return found.flat().filter((arrival) => arrival !== undefined);
}

function geometricMean(found: readonly ReachedLevel[]): number {
  return Math.exp(meanOf(found.map(({ steps }) => Math.log(steps))));
}

/** Arm minus baseline by seed, as scores of a single case. */
function pairedGaps<Value>(
  mine: readonly (readonly (Value | undefined)[])[],
  other: readonly (readonly (Value | undefined)[])[],
  group: RunGroup,
  baseline: RunGroup,
  numberOf: (value: Value) => number,
): number[][][] {
  const isPaired = mine.length === other.length;
  return mine.map((row, p) =>
    row.map((value, s) => {
      const seed = group.seeds[s] ?? 0;
      const against = other[isPaired ? p : 0]?.[baseline.seeds.indexOf(seed)];
      if (value === undefined || against === undefined) return [NaN];
      return [numberOf(value) - numberOf(against)];
    }),
  );
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
