import { CholeskyDecomposition, Matrix } from 'ml-matrix';

import type { FeatureRows } from './effective-rank.js';

/** Features and what is to be read from them, row by row. */
export interface ProbeRows {
  readonly features: FeatureRows;
  readonly targets: FeatureRows;
}

/** What is added to the variance of each feature, 1 after standardizing, so that few rows do. */
const RIDGE = 0.1;

/**
 * How much a linear map with an intercept reads from features: fitted on some rows by ridge regression,
 * in closed form, and judged on others. Features are standardized by the statistics of the former.
 *
 * @returns the share of the variance of the targets that is explained, averaged over those that vary
 *   in `judged`: 1 is all, 0 is what the mean of `fitted` explains, below 0 is worse. `NaN` where
 *   none varies
 */
export function probeLinearly(fitted: ProbeRows, judged: ProbeRows): number {
  const scale = columnStatistics(fitted.features);
  const x = standardized(fitted.features, scale);
  const means = columnStatistics(fitted.targets).map(({ mean }) => mean);
  const y = matrixOf(fitted.targets).subRowVector(means);
  const covariance = x.transpose().mmul(x).div(x.rows).add(Matrix.eye(x.columns).mul(RIDGE));
  const weights = new CholeskyDecomposition(covariance).solve(x.transpose().mmul(y).div(x.rows));
  const predicted = standardized(judged.features, scale).mmul(weights);
  const truth = matrixOf(judged.targets).subRowVector(means);
  const shares = means.flatMap((_, column) => {
    const wanted = truth.getColumn(column);
    const found = predicted.getColumn(column);
    const total = sumOf(wanted, (value) => value ** 2);
    const left = sumOf(wanted, (value, row) => (value - (found[row] ?? NaN)) ** 2);
    return total > 0 ? [1 - left / total] : [];
  });
  return sumOf(shares, (share) => share) / shares.length;
}

interface ColumnStatistics {
  readonly mean: number;
  /** 1 where the column is constant. */
  readonly deviation: number;
}

function columnStatistics(rows: FeatureRows): ColumnStatistics[] {
  const matrix = matrixOf(rows);
  return Array.from({ length: rows.width }, (_, at) => {
    const column = matrix.getColumn(at);
    const mean = sumOf(column, (value) => value) / column.length;
    const variance = sumOf(column, (value) => (value - mean) ** 2) / column.length;
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
}

function standardized(rows: FeatureRows, scale: readonly ColumnStatistics[]): Matrix {
  return matrixOf(rows)
    .subRowVector(scale.map(({ mean }) => mean))
    .divRowVector(scale.map(({ deviation }) => deviation));
}

function matrixOf({ values, width }: FeatureRows): Matrix {
  return Matrix.from1DArray(values.length / width, width, values);
}

function sumOf(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + term(value, index), 0);
}
