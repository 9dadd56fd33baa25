import type { Affine, Shape3, Volume, VoxelArray } from '@voxmim/core';

import { allocateLike } from '../../geometry/allocate.js';
import { bitsOf } from '../../geometry/gather.js';

/** Which axes are mirrored, `[depth, height, width]`. */
export type Flips = readonly [boolean, boolean, boolean];

/** A permutation of voxels: a flip of each axis, and two axes of equal extent exchanged. */
export interface Symmetry {
  readonly flips: Flips;
  readonly swap: readonly [0 | 1 | 2, 0 | 1 | 2] | undefined;
}

/** Whether nothing moves. */
export function isIdentity({ flips, swap }: Symmetry): boolean {
  return !flips.includes(true) && !swap;
}

/**
 * Moves every voxel without changing any. The affine is left as it was.
 *
 * @param isOwned whether the volume's own voxels may be moved, without a copy
 */
export function applySymmetry<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  symmetry: Symmetry,
  isOwned = false,
): Volume<Voxels> {
  const byRows = symmetry.swap === undefined && volume.channels === 1;
  if (byRows && isOwned) {
    flip(volume, symmetry.flips);
    return volume;
  }
  const moved = { ...volume, data: allocateLike(volume.data, volume.data.length) };
  if (byRows) {
    moved.data.set(volume.data);
    flip(moved, symmetry.flips);
  } else gather(volume, symmetry, moved.data);
  return moved;
}

/** Voxel by voxel. */
function gather({ data, shape, channels }: Volume, symmetry: Symmetry, moved: VoxelArray): void {
  const [depth, height, width] = shape;
  const [rowD, rowH, rowW] = symmetryAffine(symmetry, shape);
  const strides = [height * width, width, 1].map((stride) => stride * channels);
  const along = (axis: 0 | 1 | 2 | 3) =>
    rowD[axis] * strides[0] + rowH[axis] * strides[1] + rowW[axis] * strides[2];
  const [stepD, stepH, stepW, start] = [along(0), along(1), along(2), along(3)];
  const [from, to] = [bitsOf(data), bitsOf(moved)];
  let target = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      let source = start + d * stepD + h * stepH;
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) to[target++] = from[source + c];
        source += stepW;
      }
    }
  }
}

/** In place. All three flips are the voxels in reverse, so one of width is a reversal and the others. */
function flip({ data, shape }: Volume, [ofDepth, ofHeight, ofWidth]: Flips): void {
  const [depth, height, width] = shape;
  if (ofWidth) data.reverse();
  const plane = height * width;
  if (ofDepth !== ofWidth) exchangeEnds(data, plane);
  if (ofHeight === ofWidth) return;
  for (let d = 0; d < depth; d++) exchangeEnds(data.subarray(d * plane, (d + 1) * plane), width);
}

/** The first part with the last, the second with the last but one. */
function exchangeEnds(data: VoxelArray, size: number): void {
  const held = allocateLike(data, size);
  for (let [low, high] = [0, data.length - size]; low < high; low += size, high -= size) {
    held.set(data.subarray(low, low + size));
    data.copyWithin(low, high, high + size);
    data.set(held, high);
  }
}

/** Takes the index of a moved voxel to where it came from. */
export function symmetryAffine({ flips, swap }: Symmetry, shape: Shape3): Affine {
  const row = (sourceAxis: 0 | 1 | 2): Affine[number] => {
    const targetAxis = swap?.includes(sourceAxis)
      ? swap[swap[0] === sourceAxis ? 1 : 0]
      : sourceAxis;
    const cells: [number, number, number, number] = [0, 0, 0, 0];
    cells[targetAxis] = flips[targetAxis] ? -1 : 1;
    if (flips[targetAxis]) cells[3] = shape[targetAxis] - 1;
    return cells;
  };
  return [row(0), row(1), row(2)];
}
