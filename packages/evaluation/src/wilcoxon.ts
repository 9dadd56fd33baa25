import { VoxmimError } from '@voxmim/core';

import { normalBelow } from './normal-distribution.js';

/** What a paired test found. */
export interface PairedTest {
  /** The smaller of the two rank sums. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Pairs that differ; the others are left out. */
  readonly pairs: number;
  /** Whether the distribution of the statistic is the exact one, or its normal approximation. */
  readonly method: 'exact' | 'normal';
}

/** Up to here the distribution is exact even with ties or equal pairs, where a normal one is crude. */
const FEW = 13;
/** Up to here it is exact when all differences are distinct. */
const SOME = 50;

/**
 * The Wilcoxon signed-rank test of paired values, two-sided. Pairs without a difference are left out.
 *
 * The distribution is exact, over all patterns of signs, up to 50 pairs; with ties or equal pairs up to
 * 13. Beyond, it is the normal one with the variance corrected for ties and no continuity correction.
 *
 * Source: Wilcoxon 1945; the numbers of scipy's `wilcoxon(left, right)` but for few pairs with ties,
 * where scipy 1.10 takes the normal approximation.
 *
 * @throws `INVALID_DATA` when the lists differ in length or a value is not finite
 */
export function wilcoxonSignedRank(left: readonly number[], right: readonly number[]): PairedTest {
  const differences = differencesOf(left, right).filter((gap) => gap !== 0);
  const pairs = differences.length;
  if (pairs === 0) return { statistic: 0, pValue: 1, pairs, method: 'exact' };
  const { ranks, tieSizes } = rank(differences.map(Math.abs));
  const positive = ranks.reduce(
    (sum, value, index) => sum + (differences[index] > 0 ? value : 0),
    0,
  );
  const statistic = Math.min(positive, (pairs * (pairs + 1)) / 2 - positive);
  const isClean = pairs === left.length && tieSizes.length === 0;
  const isExact = pairs <= (isClean ? SOME : FEW);
  const pValue = isExact ? exactTail(statistic, ranks) : normalTail(statistic, pairs, tieSizes);
  return { statistic, pValue: Math.min(1, pValue), pairs, method: isExact ? 'exact' : 'normal' };
}

function differencesOf(left: readonly number[], right: readonly number[]): number[] {
  checkSameLength(left, right);
  return left.map((value, index) => {
    const gap = value - right[index];
    if (Number.isFinite(gap)) return gap;
    throw new VoxmimError(
      'INVALID_DATA',
      `Pair ${index} is ${value} and ${right[index]}.`,
      'Leave out the cases that lack a finite value on either side; comparePairs does so.',
      { path: '', reason: 'a value is not finite' },
    );
  });
}

/** Refuses two lists that cannot be pairs. @throws `INVALID_DATA` */
export function checkSameLength(left: readonly number[], right: readonly number[]): void {
  if (left.length === right.length) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `A pairing got ${left.length} and ${right.length} values.`,
    'Give one value of each kind for every case, in the same order.',
    { path: '', reason: 'unpaired values' },
  );
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
function exactTail(statistic: number, ranks: readonly number[]): number {
  // Doubled, the ranks of ties are whole numbers too.
  const doubled = ranks.map((value) => 2 * value);
  const most = doubled.reduce((sum, size) => sum + size, 0);
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (const size of doubled) {
    for (let sum = most; sum >= size; sum--) ways[sum] += ways[sum - size];
  }
  const tail = ways.subarray(0, 2 * statistic + 1).reduce((sum, count) => sum + count, 0);
  return (2 * tail) / 2 ** ranks.length;
}

function normalTail(statistic: number, pairs: number, tieSizes: readonly number[]): number {
  const mean = (pairs * (pairs + 1)) / 4;
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1) - ties / 2) / 24;
  return 2 * normalBelow((statistic - mean) / Math.sqrt(variance));
}
