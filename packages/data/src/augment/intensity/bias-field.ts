import type { Random, Shape3, Volume } from '@voxmim/core';
import { z } from 'zod';

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
  const field = legendreField(image.shape, degree, coefficients);
  const { data, channels } = image;
  for (let index = 0; index < data.length; index++) {
    data[index] *= Math.exp(field[Math.floor(index / channels)]);
  }
}

/**
 * `Σ c · P_i(d) P_j(h) P_k(w)` over `i + j + k ≤ degree`, in this order of loops, the crop spanning
 * -1 to 1 along each axis.
 */
export function legendreField(
  [depth, height, width]: Shape3,
  degree: number,
  coefficients: Float64Array,
): Float32Array {
  const [alongD, alongH, alongW] = [depth, height, width].map((extent) => legendre(extent, degree));
  const field = new Float32Array(depth * height * width);
  let next = 0;
  for (let i = 0; i <= degree; i++) {
    for (let j = 0; i + j <= degree; j++) {
      // Along width all terms of (i, j) are one line.
      const line = new Float64Array(width);
      for (let k = 0; i + j + k <= degree; k++) {
        const coefficient = coefficients[next++];
        for (let w = 0; w < width; w++) line[w] += coefficient * alongW[k][w];
      }
      addOuter(field, alongD[i], alongH[j], line);
    }
  }
  return field;
}

function addOuter(
  field: Float32Array,
  alongD: Float64Array,
  alongH: Float64Array,
  line: Float64Array,
): void {
  let index = 0;
  for (const d of alongD) {
    for (const h of alongH) {
      for (const w of line) field[index++] += d * h * w;
    }
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
