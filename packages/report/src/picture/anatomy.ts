import { spacingOf, type Affine } from '@voxmim/core';

/** An index of an array axis, or of a world axis (right, anterior, superior). */
export type Axis = 0 | 1 | 2;

/** The array axis that runs along a world axis, and whether its index grows in that direction. */
export interface AxisMatch {
  readonly axis: Axis;
  readonly ascending: boolean;
}

const ORDERS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * For right, anterior and superior, in this order: the array axis nearest to it. Of the six ways to
 * pair the axes, the one with the largest sum of cosines, so no axis is ever used twice, however
 * oblique the grid.
 */
export function anatomicalAxes(affine: Affine): readonly [AxisMatch, AxisMatch, AxisMatch] {
  const spacing = spacingOf(affine);
  const cosine = (world: Axis, axis: Axis) => affine[world][axis] / spacing[axis];
  const fit = (order: readonly [Axis, Axis, Axis]) =>
    Math.abs(cosine(0, order[0])) + Math.abs(cosine(1, order[1])) + Math.abs(cosine(2, order[2]));
  const best = ORDERS.reduce((left, right) => (fit(right) > fit(left) ? right : left));
  const match = (world: Axis): AxisMatch => ({
    axis: best[world],
    ascending: cosine(world, best[world]) > 0,
  });
  return [match(0), match(1), match(2)];
}
