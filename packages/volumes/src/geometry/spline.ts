import type { Shape3 } from '@voxmim/core';

import type { AxisInterpolations } from './taps.js';

/** Coefficients kept beyond each end of a line: what places up to half a voxel outside read. */
export const SPLINE_PADDING = 2;

/** The pole of the cubic B-spline's inverse filter. */
const POLE = Math.sqrt(3) - 2;

/** Voxels or coefficients, channels fastest. */
export interface Samples {
  readonly data: Float32Array | Float64Array;
  readonly shape: Shape3;
  readonly channels: number;
}

/** Weights of the four coefficients around a place, `fraction` beyond the second of them. */
export function splineWeights(fraction: number, weights: Float64Array, at: number): void {
  const rest = 1 - fraction;
  weights[at] = rest ** 3 / 6;
  weights[at + 1] = 2 / 3 - fraction * fraction * (1 - fraction / 2);
  weights[at + 2] = 2 / 3 - rest * rest * (1 - rest / 2);
  weights[at + 3] = fraction ** 3 / 6;
}

/**
 * The coefficients of a B-spline through the voxels, cubic along the axes that ask for it and padded
 * there by {@link SPLINE_PADDING}. Beyond its ends each line goes on with its border value.
 *
 * Source: Unser, "Splines: a perfect fit for signal and image processing", 1999; the numbers of
 * `scipy.ndimage` with `mode="nearest"` and of `skimage.transform.resize` with `mode="edge"`.
 */
export function splineCoefficients(samples: Samples, interpolations: AxisInterpolations): Samples {
  let filtered = samples;
  for (const axis of [0, 1, 2] as const) {
    if (interpolations[axis] === 'cubic') filtered = filteredAlong(filtered, axis);
  }
  return filtered;
}

function filteredAlong({ data, shape, channels }: Samples, axis: 0 | 1 | 2): Samples {
  const stride = shape.slice(axis + 1).reduce((product, extent) => product * extent, channels);
  const extent = shape[axis];
  const padded = extent + 2 * SPLINE_PADDING;
  const lines = data.length / extent;
  const coefficients = new Float64Array(lines * padded);
  const line = new Float64Array(padded);
  for (let start = 0; start < lines; start++) {
    const [block, lane] = [Math.floor(start / stride), start % stride];
    const from = block * extent * stride + lane;
    for (let index = 0; index < extent; index++) {
      line[index + SPLINE_PADDING] = data[from + index * stride];
    }
    filterLine(line);
    const to = block * padded * stride + lane;
    for (let index = 0; index < padded; index++) coefficients[to + index * stride] = line[index];
  }
  const enlarged: Shape3 = [
    axis === 0 ? padded : shape[0],
    axis === 1 ? padded : shape[1],
    axis === 2 ? padded : shape[2],
  ];
  return { data: coefficients, shape: enlarged, channels };
}

/** Turns the values between the paddings into coefficients, and extends them, in place. */
function filterLine(line: Float64Array): void {
  const [first, last] = [SPLINE_PADDING, line.length - 1 - SPLINE_PADDING];
  const gain = (1 - POLE) * (1 - 1 / POLE);
  // Before the line every value is its first: the causal filter has settled on it.
  const before = (gain * line[first]) / (1 - POLE);
  const after = (gain * line[last]) / (1 - POLE);
  line.fill(before, 0, first);
  let causal = before;
  for (let index = first; index <= last; index++) {
    causal = gain * line[index] + POLE * causal;
    line[index] = causal;
  }
  for (let index = last + 1; index < line.length; index++) {
    causal = after + POLE * (causal - after);
    line[index] = causal;
  }
  // Beyond the line the causal filter goes on to settle on the last value, which sums to this.
  let coefficient = -POLE * (after / (1 - POLE) + (causal - after) / (1 - POLE * POLE));
  line[line.length - 1] = coefficient;
  for (let index = line.length - 2; index >= 0; index--) {
    coefficient = POLE * (coefficient - line[index]);
    line[index] = coefficient;
  }
}
