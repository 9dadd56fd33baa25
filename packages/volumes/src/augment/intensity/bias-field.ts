import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';

/**
 * The smooth shading of an MR coil: multiplies by the exponential of a polynomial.
 *
 * Source: MONAI `RandBiasField` (Sudre et al. 2017); on z-scores it swells values away from 0.
 */
export const BiasFieldConfig = z.strictObject({
  probability: probability.default(0).describe('Of a bias field.'),
  degree: z.int().min(1).max(5).default(3).describe('Of the Legendre polynomial.'),
  coefficient: rangeWithin(-10, 10).default([0, 0.1]).describe('Range of each coefficient.'),
});
export type BiasFieldConfig = z.infer<typeof BiasFieldConfig>;

/** All channels alike. */
export function shade(
  image: Volume<Float32Array>,
  { degree, coefficient }: BiasFieldConfig,
  random: Random,
): void {
  const count = ((degree + 1) * (degree + 2) * (degree + 3)) / 6;
  const coefficients = Float64Array.from({ length: count }, () => drawFrom(coefficient, random));
  multiplyByField(image, degree, coefficients);
}

/**
 * Multiplies by the exponential of `Σ c · P_i(d) P_j(h) P_k(w)` over `i + j + k ≤ degree`, in this order of
 * loops, the crop spanning -1 to 1 along each axis.
 */
export function multiplyByField(
  { data, shape, channels }: Volume<Float32Array>,
  degree: number,
  coefficients: Float64Array,
): void {
  const [depth, height, width] = shape;
  const [alongD, alongH, alongW] = [depth, height, width].map((extent) => legendre(extent, degree));
  // A Legendre polynomial stays within -1 and 1.
  const bound = coefficients.reduce((sum, coefficient) => sum + Math.abs(coefficient), 0);
  const exponentials = tableExponentials(bound);
  const [line, factors] = [new Float64Array(width), new Float64Array(degree + 1)];
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      const factorOf = (i: number, j: number) => alongD[i][d] * alongH[j][h];
      collectAlongWidth(coefficients, degree, factorOf, factors);
      line.fill(factors[0]);
      for (let k = 1; k <= degree; k++) addMultiple(line, factors[k], alongW[k]);
      const start = (d * height + h) * width * channels;
      const row = data.subarray(start, start + width * channels);
      multiplyByExponential(row, line, exponentials);
    }
  }
}

/** The factor of each `P_k(w)` in one row. */
function collectAlongWidth(
  coefficients: Float64Array,
  degree: number,
  factorOf: (i: number, j: number) => number,
  factors: Float64Array,
): void {
  factors.fill(0);
  let next = 0;
  for (let i = 0; i <= degree; i++) {
    for (let j = 0; i + j <= degree; j++) {
      const factor = factorOf(i, j);
      for (let k = 0; i + j + k <= degree; k++) factors[k] += coefficients[next++] * factor;
    }
  }
}

function addMultiple(line: Float64Array, factor: number, values: Float64Array): void {
  for (let at = 0; at < line.length; at++) line[at] += factor * values[at];
}

/** Steps of a unit that exponentials are tabled in. */
const STEPS = 64;

/** `exp` of `least`, and on in steps. */
interface ExponentialTable {
  readonly least: number;
  readonly values: Float64Array;
}

function tableExponentials(bound: number): ExponentialTable {
  const least = Math.ceil(bound) + 1;
  const length = 2 * least * STEPS;
  return {
    least: -least,
    values: Float64Array.from({ length }, (_, step) => Math.exp(step / STEPS - least)),
  };
}

/** A row of voxels, all channels alike; by the table and three terms of the series, right to about 1e-9. */
function multiplyByExponential(
  row: Float32Array,
  line: Float64Array,
  { least, values }: ExponentialTable,
): void {
  const channels = row.length / line.length;
  for (let w = 0, index = 0; w < line.length; w++) {
    const place = (line[w] - least) * STEPS;
    const step = place | 0;
    const rest = (place - step) / STEPS;
    const gain = values[step] * (1 + rest * (1 + rest * (0.5 + rest / 6)));
    for (let c = 0; c < channels; c++) row[index++] *= gain;
  }
}

/** Legendre polynomials of degree 0 to `degree` at even places from -1 to 1. */
function legendre(extent: number, degree: number): Float64Array[] {
  const x = Float64Array.from({ length: extent }, (_, at) =>
    extent > 1 ? (2 * at) / (extent - 1) - 1 : -1,
  );
  const rows = [new Float64Array(extent).fill(1), x];
  for (let n = 1; n < degree; n++) {
    rows.push(
      x.map((place, at) => ((2 * n + 1) * place * rows[n][at] - n * rows[n - 1][at]) / (n + 1)),
    );
  }
  return rows;
}
