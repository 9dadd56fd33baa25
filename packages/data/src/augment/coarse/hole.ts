import { mapAxes, type Random, type Shape3, zipAxes } from '@voxmim/core';
import { z } from 'zod';

import type { Box } from '../../geometry/box.js';

const side = z.int().positive();

/** Fields of transforms that act on random boxes. */
export const holeFields = {
  holes: z.int().positive().max(10_000).describe('Number of boxes; they may overlap.'),
  size: side.describe('Least side of a box, in voxels.'),
  maxSize: side
    .optional()
    .describe('Largest side of a box, drawn for each axis; without it all are of the least.'),
};

/** How boxes are drawn. */
export interface HoleConfig {
  readonly holes: number;
  readonly size: number;
  readonly maxSize?: number | undefined;
}

/** Boxes within `shape`. Source: MONAI `RandCoarseTransform`. */
export function drawHoles(
  { holes, size, maxSize = size }: HoleConfig,
  shape: Shape3,
  random: Random,
): Box[] {
  const span = Math.max(0, maxSize - size) + 1;
  return Array.from({ length: holes }, () => {
    const sides = mapAxes(shape, (extent) => Math.min(extent, size + random.integer(span)));
    const origin = zipAxes(shape, sides, (extent, length) => random.integer(extent - length + 1));
    return { origin, shape: sides };
  });
}

/** Calls `visit` with the index of the first channel of every voxel of a box. */
export function forEachVoxel(
  { origin, shape }: Box,
  [, height, width]: Shape3,
  channels: number,
  visit: (index: number) => void,
): void {
  for (let d = origin[0]; d < origin[0] + shape[0]; d++) {
    for (let h = origin[1]; h < origin[1] + shape[1]; h++) {
      const row = (d * height + h) * width + origin[2];
      for (let at = row; at < row + shape[2]; at++) visit(at * channels);
    }
  }
}
