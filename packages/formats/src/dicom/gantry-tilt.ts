import type { Affine, Vector3, Volume } from '@voxmim/core';

import { dot, type Grid, resample, lowestOf } from '@voxmim/volumes';

/** Angles below this are noise in the header. */
const UPRIGHT_DEGREES = 0.1;

/** Parts of a pixel that do not count. */
const NOISE = 1e-3;

/** Degrees between the step from slice to slice and the normal of the slices; 0 where that is noise. */
export function tiltDegrees(step: Vector3, normal: Vector3): number {
  const cosine = Math.abs(dot(step, normal)) / (Math.hypot(...step) * Math.hypot(...normal));
  const degrees = (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
  return degrees > UPRIGHT_DEGREES ? degrees : 0;
}

/**
 * Slices of a tilted gantry on a grid whose axes are at right angles, wide enough for all of them. Slices stay
 * where they are along the normal; within them values are interpolated linearly. Outside lies the lowest value.
 */
export function straightened<Voxels extends Volume>(volume: Voxels): Volume<Voxels['data']> {
  const outside = lowestOf(volume.data);
  return resample<Voxels['data']>(volume, straightGrid(volume), 'linear', { outside });
}

function straightGrid({ shape, affine }: Grid): Grid {
  const column = (axis: 0 | 1 | 2 | 3): Vector3 => [
    affine[0][axis],
    affine[1][axis],
    affine[2][axis],
  ];
  const [step, alongColumn, alongRow, origin] = [column(0), column(1), column(2), column(3)];
  /** How far the last slice lies from above the first, in pixels along an axis. */
  const shiftAlong = (axis: Vector3) => ((shape[0] - 1) * dot(step, axis)) / dot(axis, axis);
  const rows = added(shiftAlong(alongColumn));
  const columns = added(shiftAlong(alongRow));
  const upright = [alongColumn, alongRow].reduce(
    (rest, axis) => plus(rest, axis, -dot(step, axis) / dot(axis, axis)),
    step,
  );
  const corner = plus(plus(origin, alongColumn, -rows.before), alongRow, -columns.before);
  const row = (axis: 0 | 1 | 2): Affine[number] => [
    upright[axis],
    alongColumn[axis],
    alongRow[axis],
    corner[axis],
  ];
  return {
    shape: [shape[0], shape[1] + rows.total, shape[2] + columns.total],
    affine: [row(0), row(1), row(2)],
  };
}

/** Pixels that a shift adds to a grid, and those of them before its first. */
function added(shift: number): { readonly total: number; readonly before: number } {
  const total = Math.max(0, Math.ceil(Math.abs(shift) - NOISE));
  return { total, before: shift < 0 ? total : 0 };
}

const plus = (base: Vector3, axis: Vector3, by: number): Vector3 => [
  base[0] + axis[0] * by,
  base[1] + axis[1] * by,
  base[2] + axis[2] * by,
];
