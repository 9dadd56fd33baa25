import { invertAffine, mapAxes, type Shape3, type Vector3 } from '@voxmim/core';

import type { Box } from './box.js';
import type { SpatialTransform } from './spatial-transform.js';

/**
 * The smallest box of a transform's target that shows all of a box of its source, no part of it beyond the
 * target. Where it is smaller than `least`, it is widened to both sides as far as the target goes.
 *
 * @returns undefined where the target shows nothing of the box
 */
export function boxThrough(
  { toSource, target }: SpatialTransform,
  box: Box,
  least: Shape3,
): Box | undefined {
  const toTarget = invertAffine(toSource);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    // The faces of voxels, half a voxel around their centers.
    mapAxes(box.shape, (extent, axis) => box.origin[axis] - 0.5 + ((corner >> axis) & 1) * extent),
  );
  const along = ([0, 1, 2] as const).map((axis) => {
    const [d, h, w, offset] = toTarget[axis];
    const extent = target.shape[axis];
    const places = corners.map((at) => d * at[0] + h * at[1] + w * at[2] + offset);
    return widened(Math.min(...places), Math.max(...places), Math.min(least[axis], extent), extent);
  });
  const [depth, height, width] = along;
  if (depth === undefined || height === undefined || width === undefined) return undefined;
  const origin: Vector3 = [depth.first, height.first, width.first];
  return { origin, shape: [depth.count, height.count, width.count] };
}

/** Slack for the rounding of affines, in voxels. */
const SLACK = 1e-4;

/** The voxels of an axis that a stretch touches, at least so many. */
function widened(
  from: number,
  to: number,
  least: number,
  extent: number,
): { readonly first: number; readonly count: number } | undefined {
  const first = Math.max(0, Math.floor(from + 0.5 + SLACK));
  const last = Math.min(extent - 1, Math.ceil(to - 0.5 - SLACK));
  if (last < first) return undefined;
  const count = Math.max(least, last - first + 1);
  const middle = first - Math.floor((count - (last - first + 1)) / 2);
  return { first: Math.min(Math.max(0, middle), extent - count), count };
}
