/** A case whose value is known, and what a model says of it. */
export interface ValuedCase {
  readonly target: number;
  readonly value: number;
}

/** The mean absolute error, in the unit of the values. */
export function meanAbsoluteError(cases: readonly ValuedCase[]): number {
  return sum(cases.map(({ target, value }) => Math.abs(value - target))) / cases.length;
}

/** The root of the mean squared error. */
export function rootMeanSquaredError(cases: readonly ValuedCase[]): number {
  return Math.sqrt(sum(cases.map(({ target, value }) => (value - target) ** 2)) / cases.length);
}

/** The share of the variance that is explained (R²); negative where the mean would be better. NaN without variance. */
export function explainedVariance(cases: readonly ValuedCase[]): number {
  const center = sum(cases.map(({ target }) => target)) / cases.length;
  const total = sum(cases.map(({ target }) => (target - center) ** 2));
  if (total === 0) return NaN;
  return 1 - sum(cases.map(({ target, value }) => (value - target) ** 2)) / total;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
