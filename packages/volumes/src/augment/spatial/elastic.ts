import { mapAxes, type Random, type Shape3, volumeOf } from '@voxmim/core';
import * as z from 'zod';

import { drawSymmetric, probability } from '../draw.js';

/** Below this share of the spacing a cubic B-spline field cannot fold. */
const FOLD_FREE_SHARE = 0.4;

/**
 * Smooth random displacement: a cubic B-spline over control points.
 *
 * Source: Rueckert et al. 1999, as TorchIO's `RandomElasticDeformation`; the bound against folding is
 * Choi and Lee's, 2000. MONAI's `Rand3DElastic` smooths noise at full resolution instead, at a
 * hundred times the cost.
 */
export const ElasticConfig = z
  .strictObject({
    probability: probability.default(0).describe('Of an elastic deformation.'),
    spacing: z.number().min(2).default(16).describe('Voxels between control points.'),
    displacement: z
      .number()
      .min(0)
      .default(4)
      .describe('Largest displacement of a control point along each axis, in voxels.'),
  })
  .refine(({ spacing, displacement }) => displacement < FOLD_FREE_SHARE * spacing, {
    path: ['displacement'],
    message: `expected less than ${FOLD_FREE_SHARE} of the spacing, above which space may fold`,
  });
export type ElasticConfig = z.infer<typeof ElasticConfig>;

/** A displacement of every voxel of a grid, computed row by row. */
export class Displacement {
  readonly #controls: Shape3;
  /** Displacements `[d, h, w, axis]` of the control points. */
  readonly #values: Float64Array;
  readonly #weights: readonly [AxisWeights, AxisWeights, AxisWeights];
  readonly #line: Float64Array;
  readonly #width: number;

  constructor(shape: Shape3, { spacing, displacement }: ElasticConfig, random: Random) {
    this.#controls = mapAxes(shape, (extent) => Math.floor((extent - 1) / spacing) + 4);
    this.#values = Float64Array.from({ length: volumeOf(this.#controls) * 3 }, () =>
      drawSymmetric(displacement, random),
    );
    const [depth, height, width] = shape;
    this.#weights = [
      weightsOf(depth, spacing),
      weightsOf(height, spacing),
      weightsOf(width, spacing),
    ];
    this.#line = new Float64Array(this.#controls[2] * 3);
    this.#width = width;
  }

  /** Adds the displacements of row `(d, h)` to source places `[width, axis]`. */
  addTo(places: Float64Array, d: number, h: number): void {
    const line = this.#lineAt(d, h);
    const { first, weights } = this.#weights[2];
    for (let w = 0; w < this.#width; w++) {
      const from = first[w] * 3;
      const [w0, w1, w2, w3] = [
        weights[w * 4],
        weights[w * 4 + 1],
        weights[w * 4 + 2],
        weights[w * 4 + 3],
      ];
      for (let axis = 0; axis < 3; axis++) {
        const at = from + axis;
        places[w * 3 + axis] +=
          w0 * line[at] + w1 * line[at + 3] + w2 * line[at + 6] + w3 * line[at + 9];
      }
    }
  }

  /** The spline along depth and height, at each control point along width. */
  #lineAt(d: number, h: number): Float64Array {
    const line = this.#line.fill(0);
    const [alongDepth, alongHeight] = this.#weights;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const row = (alongDepth.first[d] + i) * this.#controls[1] + alongHeight.first[h] + j;
        const weight = alongDepth.weights[d * 4 + i] * alongHeight.weights[h * 4 + j];
        const start = row * line.length;
        for (let at = 0; at < line.length; at++) line[at] += weight * this.#values[start + at];
      }
    }
    return line;
  }
}

/** For each voxel along an axis: its first control point, and the weights of four. */
interface AxisWeights {
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

function weightsOf(extent: number, spacing: number): AxisWeights {
  const first = new Int32Array(extent);
  const weights = new Float64Array(extent * 4);
  for (let index = 0; index < extent; index++) {
    first[index] = Math.floor(index / spacing);
    const t = index / spacing - first[index];
    weights[index * 4] = (1 - t) ** 3 / 6;
    weights[index * 4 + 1] = 2 / 3 - t * t * (1 - t / 2);
    weights[index * 4 + 2] = 2 / 3 - (1 - t) ** 2 * (1 - (1 - t) / 2);
    weights[index * 4 + 3] = t ** 3 / 6;
  }
  return { first, weights };
}
