import { mapAxes, type Random, type Shape3, zipAxes } from '@voxmim/core';
import * as z from 'zod';

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

/** Calls `visit` with where each row of a box begins and ends in the voxels of its volume. */
export function forEachRow(
  { origin, shape }: Box,
  [, height, width]: Shape3,
  channels: number,
  visit: (from: number, to: number) => void,
): void {
  for (let d = origin[0]; d < origin[0] + shape[0]; d++) {
    for (let h = origin[1]; h < origin[1] + shape[1]; h++) {
      const from = ((d * height + h) * width + origin[2]) * channels;
      visit(from, from + shape[2] * channels);
    }
  }
}

/** Calls `visit` as {@link forEachRow}, of what lies outside all boxes; whole rows are taken together. */
export function forEachGap(
  boxes: readonly Box[],
  [depth, height, width]: Shape3,
  channels: number,
  visit: (from: number, to: number) => void,
): void {
  let [from, to] = [0, 0];
  const extend = (start: number, end: number) => {
    if (start !== to) {
      if (to > from) visit(from * channels, to * channels);
      from = start;
    }
    to = end;
  };
  for (let d = 0; d < depth; d++) {
    const inPlane = boxes.filter((box) => isAlong(box, 0, d));
    for (let h = 0; h < height; h++) {
      const row = (d * height + h) * width;
      const inRow = inPlane.filter((box) => isAlong(box, 1, h));
      for (let w = 0; w < width;) {
        const start = inRow.reduce((end, box) => (isAlong(box, 2, end) ? endOf(box) : end), w);
        const covered = start > w;
        const ahead = inRow.map(({ origin }) => origin[2]).filter((origin) => origin > w);
        const end = covered ? start : Math.min(width, ...ahead);
        if (!covered) extend(row + w, row + end);
        w = end;
      }
    }
  }
  if (to > from) visit(from * channels, to * channels);
}

function isAlong({ origin, shape }: Box, axis: 0 | 1 | 2, index: number): boolean {
  return index >= origin[axis] && index < origin[axis] + shape[axis];
}

function endOf({ origin, shape }: Box): number {
  return origin[2] + shape[2];
}
