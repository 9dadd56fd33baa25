/**
 * How a UPerNet head gets levels of different strides.
 *
 * Hierarchical encoders have them. The levels of a plain one all have the stride of a token; they are
 * brought to strides 4, 8, 16, … whatever the token, level by level, which is BEiT's recipe for tokens
 * of 16. Along an axis whose token is no multiple of such a stride, or whose grid cannot be halved
 * that often, they come as near as whole factors allow.
 *
 * @module
 */
import { type FeatureLevel, mapAxes, type Shape3, tile, zipAxes } from '@voxmim/core';

import { commonStride, upsamplingPath, type UpsamplingPath } from '../upsampling-path.js';

/** The stride of the first level that a plain encoder is given. */
const FINEST_STRIDE = 4;

/** What is done to a level before it joins. */
export interface LevelChange {
  /** Cells of the level that are averaged into one, per axis. */
  readonly down: Shape3;
  /** Then upsampling; `undefined`: none. */
  readonly up: UpsamplingPath | undefined;
}

/** One change per level, in order; all neutral where the levels have different strides already. */
export function planLevels(levels: readonly FeatureLevel[], inputShape: Shape3): LevelChange[] {
  const plain = levels.length > 1 && levels.every(({ stride }) => sameStride(stride, levels[0]));
  return levels.map(({ stride }, index) => {
    if (!plain) return { down: [1, 1, 1], up: undefined };
    const wanted = FINEST_STRIDE * 2 ** index;
    const grid = tile(inputShape, stride);
    const down = zipAxes(stride, grid, (size, cells) => halvings(cells, wanted / size));
    const fine = mapAxes(stride, (size) => (wanted < size ? commonStride(size, wanted) : size));
    const finer = fine.some((size, axis) => size < (stride[axis] ?? 1));
    return { down, up: finer ? upsamplingPath(stride, fine) : undefined };
  });
}

function sameStride(stride: Shape3, other: FeatureLevel | undefined): boolean {
  return stride.every((size, axis) => size === other?.stride[axis]);
}

/** The greatest power of two that divides `cells` and is not above `limit`. */
function halvings(cells: number, limit: number): number {
  let factor = 1;
  while (2 * factor <= limit && cells % (2 * factor) === 0) factor *= 2;
  return factor;
}
