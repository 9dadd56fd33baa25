import { createRandom, VoxmimError } from '@voxmim/core';

/** A mean and where it may lie. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How {@link bootstrapInterval} draws. */
export interface BootstrapOptions {
  /** Defaults to 0.95. */
  readonly confidence?: number;
  /** Defaults to 5000. */
  readonly resamples?: number;
  /** Defaults to 0; the same seed gives the same interval. */
  readonly seed?: number;
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The mean of `values` with its percentile bootstrap interval. Give the differences of pairs for a
 * paired comparison.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 */
export function bootstrapInterval(
  values: readonly number[],
  { confidence = 0.95, resamples = 5000, seed = 0 }: BootstrapOptions = {},
): Interval {
  const mean = meanOf(values);
  if (values.length < 2) return { mean, low: mean, high: mean };
  const random = createRandom(seed, 'bootstrap');
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[random.integer(values.length)];
    return sum / values.length;
  }).sort();
  const at = (share: number) => means[Math.round(share * (resamples - 1))];
  return { mean, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}

/** What a paired test found. */
export interface PairedTest {
  /** The smaller of the two rank sums. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Pairs that differ. */
  readonly pairs: number;
}

/**
 * The Wilcoxon signed-rank test of paired values, two-sided. Pairs without a difference are left out.
 * Up to 50 untied pairs the distribution is exact; beyond that, or with ties, it is the normal one
 * with the variance corrected for ties.
 *
 * Source: Wilcoxon 1945; the same numbers as scipy's `wilcoxon(left, right)`.
 *
 * @throws `INVALID_DATA` when the lists differ in length
 */
export function wilcoxonSignedRank(left: readonly number[], right: readonly number[]): PairedTest {
  if (left.length !== right.length) {
    throw new VoxmimError(
      'INVALID_DATA',
      `A paired test got ${left.length} and ${right.length} values.`,
      'Give one value of each kind for every case.',
      { path: '', reason: 'unpaired values' },
    );
  }
  const differences = left.map((value, index) => value - right[index]).filter((gap) => gap !== 0);
  const pairs = differences.length;
  if (pairs === 0) return { statistic: 0, pValue: 1, pairs };
  const { ranks, tieSizes } = rank(differences.map(Math.abs));
  const positive = ranks.reduce(
    (sum, value, index) => sum + (differences[index] > 0 ? value : 0),
    0,
  );
  const statistic = Math.min(positive, (pairs * (pairs + 1)) / 2 - positive);
  const isExact = pairs === left.length && pairs <= 50 && tieSizes.length === 0;
  const pValue = isExact ? exactTail(statistic, pairs) : normalTail(statistic, pairs, tieSizes);
  return { statistic, pValue: Math.min(1, pValue), pairs };
}

/** Ranks from 1, ties sharing their mean. */
function rank(values: readonly number[]): { ranks: number[]; tieSizes: number[] } {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length).fill(0);
  const tieSizes: number[] = [];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
    for (let place = start; place < end; place++) ranks[order[place]] = (start + end + 1) / 2;
    if (end - start > 1) tieSizes.push(end - start);
    start = end;
  }
  return { ranks, tieSizes };
}

/** Twice the share of sign patterns whose rank sum is at most `statistic`. */
function exactTail(statistic: number, pairs: number): number {
  const most = (pairs * (pairs + 1)) / 2;
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (let size = 1; size <= pairs; size++) {
    for (let sum = most; sum >= size; sum--) ways[sum] += ways[sum - size];
  }
  const tail = ways.subarray(0, Math.floor(statistic) + 1).reduce((sum, count) => sum + count, 0);
  return (2 * tail) / 2 ** pairs;
}

function normalTail(statistic: number, pairs: number, tieSizes: readonly number[]): number {
  const mean = (pairs * (pairs + 1)) / 4;
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1) - ties / 2) / 24;
  return 2 * standardNormalBelow((statistic - mean) / Math.sqrt(variance));
}

/** The normal distribution function. */
function standardNormalBelow(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  const upper = 0.5 * complementaryError(x);
  return value < 0 ? upper : 1 - upper;
}

/** erfc for x ≥ 0: its series below 2.5, its continued fraction above; 1e-12 either way. */
function complementaryError(x: number): number {
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let order = 1; order < 60; order++) {
      term *= (-x * x) / order;
      sum += term / (2 * order + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let order = 60; order >= 1; order--) fraction = order / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
