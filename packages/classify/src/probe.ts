import { evaluateClasses, evaluateValues, type ClassifyEvaluation } from './evaluation.js';

/** Features of a case, what is to be found of it, and whose scan it is. */
export interface ProbedCase {
  readonly id: string;
  readonly subject: string;
  readonly features: Float32Array;
  /** The place of its class, or its value. */
  readonly target: number;
}

/** Cases that a probe is fitted on, and those that judge it. */
export interface ProbeSides {
  readonly fitted: readonly ProbedCase[];
  readonly judged: readonly ProbedCase[];
}

/** Features so that each has mean 0 and deviation 1 where a probe is fitted; one that does not vary counts nothing. */
function standardized({ fitted, judged }: ProbeSides): {
  readonly fitted: readonly Float64Array[];
  readonly judged: readonly Float64Array[];
} {
  const width = fitted[0]?.features.length ?? 0;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const { features } of fitted)
    features.forEach((value, at) => (mean[at] = (mean[at] ?? 0) + value / fitted.length));
  for (const { features } of fitted)
    features.forEach(
      (value, at) => (deviation[at] = (deviation[at] ?? 0) + (value - (mean[at] ?? 0)) ** 2),
    );
  const scale = deviation.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum / fitted.length) : 0));
  const turn = ({ features }: ProbedCase) =>
    Float64Array.from(features, (value, at) => (value - (mean[at] ?? 0)) * (scale[at] ?? 0));
  return { fitted: fitted.map(turn), judged: judged.map(turn) };
}

/**
 * Judges features by the nearest fitted cases: shares of the classes among the `k` whose standardized features have
 * the greatest cosine.
 */
export function probeNearest(
  sides: ProbeSides,
  classes: readonly string[],
  k = 5,
): ClassifyEvaluation {
  const { fitted, judged } = standardized(sides);
  const cases = sides.judged.map(({ id, subject, target }, at) => {
    const own = judged[at] ?? new Float64Array();
    const nearest = fitted
      .map((other, index) => ({ near: cosine(own, other), target: sides.fitted[index]?.target }))
      .sort((a, b) => b.near - a.near)
      .slice(0, k);
    const share = (label: number) =>
      nearest.filter((entry) => entry.target === label).length / nearest.length;
    return { id, subject, target, probabilities: classes.map((_, label) => share(label)) };
  });
  return evaluateClasses(cases, classes);
}

/** The same of values: the mean of the nearest. */
export function probeNearestValues(sides: ProbeSides, k = 5): ClassifyEvaluation {
  const { fitted, judged } = standardized(sides);
  const cases = sides.judged.map(({ id, subject, target }, at) => {
    const own = judged[at] ?? new Float64Array();
    const nearest = fitted
      .map((other, index) => ({
        near: cosine(own, other),
        value: sides.fitted[index]?.target ?? 0,
      }))
      .sort((a, b) => b.near - a.near)
      .slice(0, k);
    const value = nearest.reduce((sum, entry) => sum + entry.value, 0) / nearest.length;
    return { id, subject, target, value };
  });
  return evaluateValues(cases);
}

/** How a linear probe is fitted. */
export interface LinearProbeOptions {
  /** Weight of the squared coefficients, per fitted case; default 0.01. */
  readonly penalty?: number;
  /** Steps of gradient descent with momentum; default 500. */
  readonly steps?: number;
}

/** Judges features by a logistic regression on them, standardized: what a linear map finds. */
export function probeLinear(
  sides: ProbeSides,
  classes: readonly string[],
  options: LinearProbeOptions = {},
): ClassifyEvaluation {
  const { fitted, judged } = standardized(sides);
  const targets = sides.fitted.map(({ target }) => target);
  const weights = fitLogistic(fitted, targets, classes.length, options);
  const cases = sides.judged.map(({ id, subject, target }, at) => ({
    ...{ id, subject, target },
    probabilities: probabilitiesOf(judged[at] ?? new Float64Array(), weights),
  }));
  return evaluateClasses(cases, classes);
}

/** A row for each class: coefficients, then the constant. */
type Weights = readonly Float64Array[];

function fitLogistic(
  rows: readonly Float64Array[],
  targets: readonly number[],
  classes: number,
  { penalty = 0.01, steps = 500 }: LinearProbeOptions,
): Weights {
  const width = rows[0]?.length ?? 0;
  const weights = Array.from({ length: classes }, () => new Float64Array(width + 1));
  const speeds = weights.map(() => new Float64Array(width + 1));
  // The curvature of the loss is at most half the mean squared length of a row.
  const lengths = rows.map((row) => 1 + row.reduce((sum, value) => sum + value * value, 0));
  const curvature = 0.5 * (lengths.reduce((sum, value) => sum + value, 0) / rows.length) + penalty;
  for (let step = 0; step < steps; step++) {
    const gradients = weights.map((row) =>
      row.map((value, at) => (at < width ? penalty * value : 0)),
    );
    rows.forEach((row, at) => {
      const found = probabilitiesOf(row, weights);
      gradients.forEach((gradient, label) => {
        const gap = ((found[label] ?? 0) - Number(targets[at] === label)) / rows.length;
        row.forEach((value, column) => (gradient[column] = (gradient[column] ?? 0) + gap * value));
        gradient[width] = (gradient[width] ?? 0) + gap;
      });
    });
    weights.forEach((row, label) => {
      const [speed, gradient] = [speeds[label], gradients[label]];
      row.forEach((value, at) => {
        const moved = 0.9 * (speed?.[at] ?? 0) - (gradient?.[at] ?? 0) / curvature;
        if (speed) speed[at] = moved;
        row[at] = value + moved;
      });
    });
  }
  return weights;
}

function probabilitiesOf(row: Float64Array, weights: Weights): number[] {
  const scores = weights.map((own) => dot(row, own) + (own[row.length] ?? 0));
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function cosine(left: Float64Array, right: Float64Array): number {
  const lengths = Math.sqrt(dot(left, left) * dot(right, right));
  return lengths > 0 ? dot(left, right) / lengths : 0;
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
