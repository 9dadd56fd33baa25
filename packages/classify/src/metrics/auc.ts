/**
 * The area under the ROC curve: the share of pairs of a positive and a negative case in which the positive one has
 * the higher score, ties counting one half. NaN where one kind is missing.
 */
export function auc(scores: readonly number[], isPositive: readonly boolean[]): number {
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return NaN;
  const ranks = midRanks(scores);
  const sum = ranks.reduce((total, rank, at) => (isPositive[at] ? total + rank : total), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Ranks from 1; equal values share the mean of theirs. */
function midRanks(values: readonly number[]): number[] {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    const value = order[from]?.value;
    let to = from;
    while (to < order.length && order[to]?.value === value) to += 1;
    for (const { at } of order.slice(from, to)) ranks[at] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** One point of a ROC curve. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** The ROC curve from (0, 0) to (1, 1), one point for each different score; empty where one kind is missing. */
export function rocCurve(scores: readonly number[], isPositive: readonly boolean[]): RocPoint[] {
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return [];
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  const share = (threshold: number, kind: boolean) =>
    scores.filter((score, at) => isPositive[at] === kind && score >= threshold).length;
  return [
    { falsePositiveRate: 0, truePositiveRate: 0 },
    ...thresholds.map((threshold) => ({
      falsePositiveRate: share(threshold, false) / negatives,
      truePositiveRate: share(threshold, true) / positives,
    })),
  ];
}
