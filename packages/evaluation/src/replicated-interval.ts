import { createRandom } from '@voxmim/core';

import {
  checkOptions,
  meanOf,
  quantile,
  type BootstrapOptions,
  type Interval,
} from './bootstrap.js';
import { normalQuantile } from './normal-distribution.js';
import { studentQuantile } from './student-distribution.js';

/**
 * A score, or a difference of two, of every case under every seed of every pretraining:
 * `[pretraining][seed][case]`, NaN where there is none. What was done once is a list of one.
 */
export type ReplicatedScores = readonly (readonly (readonly number[])[])[];

/**
 * The mean with an interval that counts pretrainings, seeds and cases together: what another
 * pretraining, another seed and other cases would give.
 *
 * All three are drawn with replacement in each resample. Percentiles of so few draws are far too
 * narrow (three seeds of one arm twice are "different" in one study of five), so their distances from
 * the mean are stretched until they have the width `sqrt(Σ t² v)`: `v` is the variance that one of the
 * three adds to the mean, `t` the quantile of Student's distribution for its number. Two equal arms are
 * told apart in at most about 5 % of studies at a confidence of 0.95. What was done only once adds
 * nothing: then the interval does not tell of others.
 *
 * Source: the crossed bootstrap of Owen, "The pigeonhole bootstrap", 2007; the width is that of
 * Banerjee, "Approximate confidence interval for linear functions of means", 1960.
 *
 * @throws `INVALID_CONFIG` as `resampler`
 */
export function replicatedInterval(
  scores: ReplicatedScores,
  { confidence = 0.95, resamples = 2000, seed = 0 }: Omit<BootstrapOptions, 'method'> = {},
): Interval {
  checkOptions(confidence, resamples);
  const sizes = [scores.length, scores[0]?.length ?? 0, scores[0]?.[0]?.length ?? 0] as const;
  const mean = replicatedMean(scores);
  const half = halfWidth(scores, confidence);
  if (!(half > 0)) return { mean, low: mean, high: mean };
  const random = createRandom(seed, 'replicated');
  const draws = Float64Array.from({ length: resamples }, () =>
    weightedMean(
      scores,
      sizes.map((size) => drawnWeights(size, () => random.integer(size))),
    ),
  )
    .filter((value) => !Number.isNaN(value))
    .sort();
  const stretch = half / (normalQuantile((1 + confidence) / 2) * spreadOf(draws));
  const end = (share: number) => mean + stretch * (quantile(draws, share) - mean);
  return { mean, low: end((1 - confidence) / 2), high: end((1 + confidence) / 2) };
}

/** How often each of `size` was drawn in `size` draws. */
function drawnWeights(size: number, draw: () => number): Float64Array {
  const weights = new Float64Array(size);
  for (let count = 0; count < size; count++) weights[draw()] += 1;
  return weights;
}

/** The mean of all that there is; NaN of nothing. */
export function replicatedMean(scores: ReplicatedScores): number {
  return finiteMean(scores.flat(2));
}

function weightedMean(scores: ReplicatedScores, weights: readonly Float64Array[]): number {
  const [ofPretraining, ofSeed, ofCase] = weights;
  let sum = 0;
  let total = 0;
  for (let p = 0; p < scores.length; p++) {
    for (let s = 0; s < scores[p].length; s++) {
      const outer = ofPretraining[p] * ofSeed[s];
      const cases = scores[p][s];
      for (let c = 0; outer > 0 && c < cases.length; c++) {
        const weight = outer * ofCase[c];
        // A case that was not drawn may lack a score.
        if (weight === 0 || Number.isNaN(cases[c])) continue;
        sum += weight * cases[c];
        total += weight;
      }
    }
  }
  return sum / total;
}

function halfWidth(scores: ReplicatedScores, confidence: number): number {
  const runs = scores.map((seeds) => seeds.map(finiteMean));
  const [first = []] = runs;
  const pretrainings = runs.map(finiteMean);
  const seeds = first.map((_, s) => finiteMean(runs.map((row) => row[s])));
  const cases = (scores[0]?.[0] ?? []).map((_, c) =>
    finiteMean(scores.flatMap((rows) => rows.map((row) => row[c]))),
  );
  const variances = [
    { count: pretrainings.length, variance: pretrainingVariance(runs, pretrainings, seeds) },
    { count: seeds.length, variance: varianceOfMean(seeds) },
    { count: cases.length, variance: varianceOfMean(cases) },
  ];
  const squares = variances.map(({ count, variance }) =>
    count < 2 ? 0 : studentQuantile((1 + confidence) / 2, count - 1) ** 2 * variance,
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

/** What pretrainings add beyond the noise that single runs give their means. */
function pretrainingVariance(
  runs: readonly (readonly number[])[],
  pretrainings: readonly number[],
  seeds: readonly number[],
): number {
  const [rows, columns] = [pretrainings.length, seeds.length];
  if (rows < 2 || columns < 2) return varianceOfMean(pretrainings);
  const center = meanOf(pretrainings);
  const rest = runs.flatMap((row, p) =>
    row.map((value, s) => (value - pretrainings[p] - seeds[s] + center) ** 2),
  );
  const noise = rest.reduce((sum, square) => sum + square, 0) / ((rows - 1) * (columns - 1));
  return Math.max(0, varianceOfMean(pretrainings) - noise / (rows * columns));
}

function varianceOfMean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 2) return 0;
  const center = meanOf(known);
  const squares = known.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return squares / (known.length - 1) / known.length;
}

function finiteMean(values: readonly number[]): number {
  return meanOf(values.filter((value) => !Number.isNaN(value)));
}

function spreadOf(values: Float64Array): number {
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
}
