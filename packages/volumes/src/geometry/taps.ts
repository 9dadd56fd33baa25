import type { Affine, Shape3, Vector3 } from '@voxmim/core';

import { SPLINE_PADDING, splineWeights } from './spline.js';

/** How values between voxels are found along one axis. */
export type AxisInterpolation = 'nearest' | 'linear' | 'cubic';

/** One interpolation per axis of the source. */
export type AxisInterpolations = readonly [AxisInterpolation, AxisInterpolation, AxisInterpolation];

/** Voxels along one axis that a place between them depends on. */
export const TAP_COUNT: Readonly<Record<AxisInterpolation, number>> = {
  nearest: 1,
  linear: 2,
  cubic: 4,
};

/**
 * Writes, from `at` on, which voxels along an axis give the value at `position`, and their weights.
 * Beyond the border the border voxel counts. Indices of `cubic` are into `splineCoefficients`.
 */
export function writeTaps(
  interpolation: AxisInterpolation,
  position: number,
  extent: number,
  indices: Int32Array,
  weights: Float64Array,
  at: number,
): void {
  const last = extent - 1;
  if (interpolation === 'cubic') {
    const held = Math.min(Math.max(position, -0.5), last + 0.5);
    const base = Math.floor(held);
    for (let tap = 0; tap < 4; tap++) indices[at + tap] = base - 1 + tap + SPLINE_PADDING;
    splineWeights(held - base, weights, at);
    return;
  }
  const held = Math.min(Math.max(position, 0), last);
  if (interpolation === 'nearest') {
    indices[at] = Math.floor(held + 0.5);
    weights[at] = 1;
    return;
  }
  const base = Math.floor(held);
  indices[at] = base;
  indices[at + 1] = Math.min(base + 1, last);
  weights[at] = 1 - (held - base);
  weights[at + 1] = held - base;
}

/** Within half a voxel of the grid, with room for the rounding of two affines. */
export function isWithin(position: number, extent: number): boolean {
  return position >= -0.5 - 1e-4 && position <= extent - 0.5 + 1e-4;
}

/** What each target index along an axis reads of the source axis it runs along. */
export interface AxisTaps {
  readonly axis: 0 | 1 | 2;
  readonly interpolation: AxisInterpolation;
  /** Voxels read for each target index. */
  readonly count: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  /** Target indices `[first, end)` lie within the source. */
  readonly first: number;
  readonly end: number;
}

/** Of the target's depth, height and width. */
export type GridTaps = readonly [AxisTaps, AxisTaps, AxisTaps];

/** Taps for each target axis, where each runs along exactly one axis of the source. */
export function separableTaps(
  toSource: Affine,
  source: Shape3,
  target: Shape3,
  interpolations: AxisInterpolations,
  outside: number | 'border',
): GridTaps | undefined {
  const taps = (targetAxis: 0 | 1 | 2): AxisTaps | undefined => {
    const size = (axis: 0 | 1 | 2) => Math.abs(toSource[axis][targetAxis]);
    const largest = Math.max(size(0), size(1), size(2));
    const along = ([0, 1, 2] as const).filter((axis) => size(axis) > 1e-6 * largest);
    const axis = along.at(0);
    if (along.length !== 1 || axis === undefined) return undefined;
    const [start, step] = [toSource[axis][3], toSource[axis][targetAxis]];
    const positions = Float64Array.from(
      { length: target[targetAxis] },
      (_, index) => start + index * step,
    );
    return axisTaps(axis, positions, source[axis], interpolations[axis], outside);
  };
  const [depth, height, width] = [taps(0), taps(1), taps(2)];
  if (!depth || !height || !width) return undefined;
  const isPermutation = new Set([depth.axis, height.axis, width.axis]).size === 3;
  return isPermutation ? [depth, height, width] : undefined;
}

function axisTaps(
  axis: 0 | 1 | 2,
  positions: Float64Array,
  extent: number,
  wanted: AxisInterpolation,
  outside: number | 'border',
): AxisTaps {
  // Between whole positions nothing is interpolated: every method copies.
  const isWhole = positions.every((position) => Math.abs(position - Math.round(position)) < 1e-5);
  const interpolation = isWhole ? 'nearest' : wanted;
  const count = TAP_COUNT[interpolation];
  const indices = new Int32Array(positions.length * count);
  const weights = new Float64Array(positions.length * count);
  positions.forEach((position, index) => {
    writeTaps(interpolation, position, extent, indices, weights, index * count);
  });
  const isInside = (position: number) => outside === 'border' || isWithin(position, extent);
  const first = positions.findIndex(isInside);
  // Positions run one way: those inside follow one another.
  const inside = positions.reduce((sum, position) => sum + (isInside(position) ? 1 : 0), 0);
  return { axis, interpolation, count, indices, weights, first, end: first + inside };
}

/** What one place at a time reads along each of three axes. */
export class PointTaps {
  readonly offsets = new Int32Array(12);
  readonly weights = new Float64Array(12);
  readonly counts: Shape3;
  readonly #shape: Shape3;
  readonly #strides: Vector3;
  readonly #interpolations: AxisInterpolations;

  /**
   * @param shape of the voxels
   * @param strides of the array that is read, in elements
   */
  constructor(shape: Shape3, strides: Vector3, interpolations: AxisInterpolations) {
    this.#shape = shape;
    this.#strides = strides;
    this.#interpolations = interpolations;
    const [depth, height, width] = interpolations;
    this.counts = [TAP_COUNT[depth], TAP_COUNT[height], TAP_COUNT[width]];
  }

  /** Reads around a place, axis by axis from elements 0, 4 and 8. */
  moveTo(z: number, y: number, x: number): void {
    this.#moveAxis(0, z);
    this.#moveAxis(1, y);
    this.#moveAxis(2, x);
  }

  #moveAxis(axis: 0 | 1 | 2, position: number): void {
    const at = axis * 4;
    const interpolation = this.#interpolations[axis];
    writeTaps(interpolation, position, this.#shape[axis], this.offsets, this.weights, at);
    for (let tap = at; tap < at + this.counts[axis]; tap++)
      this.offsets[tap] *= this.#strides[axis];
  }
}
