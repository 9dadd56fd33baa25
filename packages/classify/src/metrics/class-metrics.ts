import { auc } from './auc.js';

/** A case whose class is known, and what a model says of it. */
export interface ScoredCase {
  /** The place of its class. */
  readonly target: number;
  /** The probability of each class. */
  readonly probabilities: readonly number[];
}

/** The class of the highest probability; the first of equal ones. */
export function predictedClass({ probabilities }: Pick<ScoredCase, 'probabilities'>): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** The share of cases whose class is found; NaN of none. */
export function accuracy(cases: readonly ScoredCase[]): number {
  return cases.filter((entry) => predictedClass(entry) === entry.target).length / cases.length;
}

/** The mean over classes of the share of their cases that is found; classes without cases do not count. */
export function balancedAccuracy(cases: readonly ScoredCase[]): number {
  const recalls = [...new Set(cases.map(({ target }) => target))].map((target) =>
    accuracy(cases.filter((entry) => entry.target === target)),
  );
  return mean(recalls);
}

/**
 * The area under the ROC curve: of two classes that of the second, of more the mean over classes of each against
 * the rest. NaN where a class or all others have no case.
 */
export function classAuc(cases: readonly ScoredCase[], classes: number): number {
  const of = (label: number) =>
    auc(
      cases.map(({ probabilities }) => probabilities[label] ?? NaN),
      cases.map(({ target }) => target === label),
    );
  if (classes === 2) return of(1);
  return mean(Array.from({ length: classes }, (_, label) => of(label)));
}

/** The mean negative logarithm of the probability of the right class. */
export function logLoss(cases: readonly ScoredCase[]): number {
  const least = 1e-15;
  return mean(
    cases.map(
      ({ target, probabilities }) => -Math.log(Math.max(probabilities[target] ?? 0, least)),
    ),
  );
}

/** Cases whose confidence is alike. */
export interface CalibrationBin {
  readonly count: number;
  /** The mean probability of the class that is predicted. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Cases in bins of equal width by the probability of the class that is predicted; bins without cases are left out. */
export function calibrationBins(cases: readonly ScoredCase[], bins = 10): CalibrationBin[] {
  const confidenceOf = ({ probabilities }: ScoredCase) => Math.max(...probabilities);
  const binOf = (entry: ScoredCase) =>
    Math.min(bins - 1, Math.max(0, Math.ceil(confidenceOf(entry) * bins) - 1));
  return Array.from({ length: bins }, (_, bin) => cases.filter((entry) => binOf(entry) === bin))
    .filter((inside) => inside.length > 0)
    .map((inside) => ({
      count: inside.length,
      confidence: mean(inside.map(confidenceOf)),
      accuracy: accuracy(inside),
    }));
}

/**
 * The expected calibration error: how far confidence and accuracy of a bin are apart, on average over cases.
 *
 * Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, with bins (a, b].
 */
export function expectedCalibrationError(cases: readonly ScoredCase[], bins = 10): number {
  const gaps = calibrationBins(cases, bins).map(
    ({ count, confidence, accuracy: found }) => count * Math.abs(confidence - found),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / cases.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
