import { createRandom, VoxmimError } from '@voxmim/core';

import { normalBelow, normalQuantile } from './normal-distribution.js';
import { checkSameLength, wilcoxonSignedRank, type PairedTest } from './wilcoxon.js';

/** A mean and where it may lie. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How resamples of cases are drawn, and read. */
export interface BootstrapOptions {
  /** Defaults to 0.95. */
  readonly confidence?: number;
  /** Defaults to 5000. */
  readonly resamples?: number;
  /** Defaults to 0; the same seed gives the same interval. */
  readonly seed?: number;
  /**
   * Percentiles of the resampled means as they are, or corrected for bias and skew (BCa), which is
   * better for few cases with lopsided scores. Defaults to `percentile`.
   */
  readonly method?: 'percentile' | 'bca';
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The mean of `values` with its bootstrap interval; a point when there is only one.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 14.
 */
export function bootstrapInterval(
  values: readonly number[],
  options: BootstrapOptions = {},
): Interval {
  return resampler(values.length, options)((chosen) => meanAt(values, chosen));
}

/** Two lists of scores of the same cases, compared. */
export interface PairedComparison {
  /** The mean of `left - right`, with its bootstrap interval over pairs. */
  readonly difference: Interval;
  readonly test: PairedTest;
  /** Pairs that count. */
  readonly pairs: number;
  /** Pairs without a finite value on either side. */
  readonly undefinedPairs: number;
}

/**
 * Compares the scores of two models on the same cases: the mean difference with its interval, and the
 * Wilcoxon signed-rank test. Pairs without a finite value on either side are left out, and counted.
 *
 * @throws `INVALID_DATA` when the lists differ in length
 */
export function comparePairs(
  left: readonly number[],
  right: readonly number[],
  options: BootstrapOptions = {},
): PairedComparison {
  checkSameLength(left, right);
  const isFinitePair = (_: number, index: number) => Number.isFinite(left[index] - right[index]);
  const [mine, other] = [left.filter(isFinitePair), right.filter(isFinitePair)];
  const differences = mine.map((value, index) => value - other[index]);
  return {
    difference: bootstrapInterval(differences, options),
    test: wilcoxonSignedRank(mine, other),
    pairs: mine.length,
    undefinedPairs: left.length - mine.length,
  };
}

/** Gives the interval of a statistic of the cases with these indices. */
export type Resampler = (statistic: (cases: Int32Array) => number) => Interval;

/**
 * Draws cases with replacement, once for all statistics that are asked for: so intervals of several
 * metrics are of the same resamples, and quick.
 *
 * A resample where the statistic is NaN is left out, as happens to a class that few cases have.
 *
 * @param count how many cases there are
 * @throws `INVALID_CONFIG` for a confidence outside (0, 1) or no resamples
 */
export function resampler(
  count: number,
  { confidence = 0.95, resamples = 5000, seed = 0, method = 'percentile' }: BootstrapOptions = {},
): Resampler {
  checkOptions(confidence, resamples);
  const everyone = Int32Array.from({ length: count }, (_, index) => index);
  const random = createRandom(seed, 'bootstrap');
  const draws = Array.from({ length: count < 2 ? 0 : resamples }, () =>
    Int32Array.from(everyone, () => random.integer(count)),
  );
  return (statistic) => {
    const mean = statistic(everyone);
    if (count < 2) return { mean, low: mean, high: mean };
    const ascending = Float64Array.from(draws, statistic)
      .filter((value) => !Number.isNaN(value))
      .sort();
    const shares = method === 'bca' ? correctedShares(count, statistic, mean, ascending) : identity;
    return {
      mean,
      low: quantile(ascending, shares((1 - confidence) / 2)),
      high: quantile(ascending, shares((1 + confidence) / 2)),
    };
  };
}

/** Moves percentiles for the bias of the resamples and for how fast their spread changes (BCa). */
function correctedShares(
  count: number,
  statistic: (cases: Int32Array) => number,
  mean: number,
  replicates: Float64Array,
): (share: number) => number {
  const below = replicates.reduce(
    (sum, value) => sum + (value < mean ? 1 : value === mean ? 0.5 : 0),
    0,
  );
  const bias = normalQuantile(below / replicates.length);
  const acceleration = accelerationOf(count, statistic);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return identity;
  return (share) => {
    const moved = bias + normalQuantile(share);
    return normalBelow(bias + moved / (1 - acceleration * moved));
  };
}

/** From the statistic without each case in turn. */
function accelerationOf(count: number, statistic: (cases: Int32Array) => number): number {
  const without = Array.from({ length: count }, (_, left) =>
    statistic(Int32Array.from({ length: count - 1 }, (__, index) => index + Number(index >= left))),
  );
  const center = meanOf(without);
  const gaps = without.map((value) => center - value);
  const squares = gaps.reduce((sum, gap) => sum + gap ** 2, 0);
  return gaps.reduce((sum, gap) => sum + gap ** 3, 0) / (6 * squares ** 1.5);
}

function identity(share: number): number {
  return share;
}

function meanAt(values: readonly number[], cases: Int32Array): number {
  let sum = 0;
  for (const index of cases) sum += values[index];
  return sum / cases.length;
}

/** Between the nearest two of values in ascending order. */
export function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (position - below);
}

/** @throws `INVALID_CONFIG` for a confidence outside (0, 1) or no resamples */
export function checkOptions(confidence: number, resamples: number): void {
  if (confidence > 0 && confidence < 1 && Number.isInteger(resamples) && resamples > 0) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `A bootstrap of confidence ${confidence} with ${resamples} resamples cannot be drawn.`,
    'Choose a confidence between 0 and 1, such as 0.95, and some thousand resamples.',
    { path: 'confidence', received: { confidence, resamples } },
  );
}
