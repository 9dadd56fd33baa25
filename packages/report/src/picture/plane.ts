import { spacingOf, type Vector3, type Volume } from '@voxmim/core';

import { anatomicalAxes, type Axis, type AxisMatch } from './anatomy.js';

/** One of the three views a radiologist expects. */
export type Plane = 'axial' | 'coronal' | 'sagittal';

/** The planes in the order in which pictures show them. */
export const planes: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

/** A flat piece of a volume, rows from the top. */
export interface Slice {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Millimetres per pixel: down a column, along a row. */
  readonly spacing: readonly [row: number, column: number];
  /** The side of the patient at each edge, such as `R` at the left. */
  readonly edges: { left: string; right: string; top: string; bottom: string };
}

/** World axes along the rows and down the columns of each plane. */
const LAYOUTS: Record<Plane, { across: Axis; down: Axis; through: Axis }> = {
  axial: { across: 0, down: 1, through: 2 },
  coronal: { across: 0, down: 2, through: 1 },
  sagittal: { across: 1, down: 2, through: 0 },
};

const SIDES = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
] as const;

/**
 * Cuts one plane in radiological convention, whatever order the voxels are stored in: the patient's
 * right is at the left of axial and coronal pictures, anterior at the left of sagittal ones, and
 * anterior or superior is up. An oblique grid is cut along its own nearest axes, not resampled.
 *
 * @param at a voxel `[d, h, w]`; rounded, and moved inside where it is not
 * @param channel of a volume with several
 */
export function slicePlane(volume: Volume, plane: Plane, at: Vector3, channel = 0): Slice {
  const world = anatomicalAxes(volume.affine);
  const layout = LAYOUTS[plane];
  const across = walk(volume, world[layout.across]);
  const down = walk(volume, world[layout.down]);
  const through = strideOf(volume, world[layout.through].axis);
  const data = new Float32Array(across.length * down.length);
  const start = clampIndex(at, volume, world[layout.through].axis) * through + channel;
  for (let row = 0, pixel = 0; row < down.length; row += 1) {
    for (let column = 0; column < across.length; column += 1, pixel += 1) {
      data[pixel] = volume.data[start + down.at(row) + across.at(column)]!;
    }
  }
  const [left, right] = SIDES[layout.across];
  const [top, bottom] = SIDES[layout.down];
  return {
    data,
    width: across.length,
    height: down.length,
    spacing: [down.spacing, across.spacing],
    edges: { left, right, top, bottom },
  };
}

/** Steps along one array axis so that the world coordinate falls: towards left, posterior, inferior. */
function walk(volume: Volume, { axis, ascending }: AxisMatch) {
  const length = volume.shape[axis];
  const stride = strideOf(volume, axis);
  return {
    length,
    spacing: spacingOf(volume.affine)[axis],
    at: (step: number) => (ascending ? length - 1 - step : step) * stride,
  };
}

function strideOf({ shape, channels }: Volume, axis: Axis): number {
  return [shape[1] * shape[2], shape[2], 1][axis]! * channels;
}

function clampIndex(at: Vector3, volume: Volume, axis: Axis): number {
  return Math.min(volume.shape[axis] - 1, Math.max(0, Math.round(at[axis])));
}

/** The middle voxel of a volume. */
export function centreOf({ shape }: Volume): Vector3 {
  return [Math.floor(shape[0] / 2), Math.floor(shape[1] / 2), Math.floor(shape[2] / 2)];
}

/**
 * Where three planes show most of what is labeled: along each axis the slice with the most labeled
 * voxels, the first of equals. The middle of the volume where nothing is labeled.
 */
export function mostLabeledPoint(labels: Volume): Vector3 {
  const [depth, height, width] = labels.shape;
  const counts = [new Uint32Array(depth), new Uint32Array(height), new Uint32Array(width)] as const;
  for (let d = 0, voxel = 0; d < depth; d += 1) {
    for (let h = 0; h < height; h += 1) {
      for (let w = 0; w < width; w += 1, voxel += 1) {
        if (labels.data[voxel] === 0) continue;
        counts[0][d]! += 1;
        counts[1][h]! += 1;
        counts[2][w]! += 1;
      }
    }
  }
  if (counts[0].every((count) => count === 0)) return centreOf(labels);
  return [peak(counts[0]), peak(counts[1]), peak(counts[2])];
}

function peak(counts: Uint32Array): number {
  return counts.reduce((best, count, index) => (count > counts[best]! ? index : best), 0);
}
