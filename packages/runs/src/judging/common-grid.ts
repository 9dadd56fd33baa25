import {
  composeAffines,
  invertAffine,
  type Shape3,
  transformPoint,
  type Vector3,
  type Volume,
} from '@voxmim/core';
import { resample } from '@voxmim/volumes';

/** Voxels may lie beside those of the other map by this share of a voxel. */
const OFF = 0.05;

/** Two label maps on one grid. */
export interface OnOneGrid {
  readonly found: Volume<Uint8Array>;
  readonly expected: Volume<Uint8Array>;
}

/**
 * Places two label maps on the one grid that holds both, where their voxels coincide: a DICOM SEG leaves out the
 * slices that it has nothing to say of. No value is interpolated; outside of a map lies background.
 *
 * @returns undefined where voxels of one lie between those of the other
 */
export function onCommonGrid(
  found: Volume<Uint8Array>,
  expected: Volume<Uint8Array>,
): OnOneGrid | undefined {
  const toExpected = composeAffines(invertAffine(expected.affine), found.affine);
  const ends = [[0, 0, 0] as const, lastOf(found)].map((end) => transformPoint(toExpected, end));
  const steps = toExpected.flatMap((row) => row.slice(0, 3));
  const isWhole = (value: number) => Math.abs(value - Math.round(value)) <= OFF;
  if (![...ends.flat(), ...steps].every(isWhole)) return undefined;
  const low = axes((axis) => Math.min(0, ...ends.map((end) => Math.round(end[axis]))));
  const high = axes((axis) =>
    Math.max(lastOf(expected)[axis], ...ends.map((end) => Math.round(end[axis]))),
  );
  const shape: Shape3 = axes((axis) => high[axis] - low[axis] + 1);
  const [x, y, z] = transformPoint(expected.affine, low);
  const [first, second, third] = expected.affine;
  const affine = [
    [first[0], first[1], first[2], x],
    [second[0], second[1], second[2], y],
    [third[0], third[1], third[2], z],
  ] as const;
  const place = (map: Volume<Uint8Array>) =>
    resample(map, { shape, affine }, 'nearest', { outside: 0 });
  return { found: place(found), expected: place(expected) };
}

function lastOf({ shape }: Volume): Vector3 {
  return axes((axis) => shape[axis] - 1);
}

function axes(of: (axis: 0 | 1 | 2) => number): readonly [number, number, number] {
  return [of(0), of(1), of(2)];
}
