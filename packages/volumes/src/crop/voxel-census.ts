import { type Shape3, type Volume } from '@voxmim/core';

/**
 * How many voxels of a kind each row (along the width) of a volume has, cumulated: the `n`-th voxel
 * of the kind, in memory order, is then found by looking at one row.
 */
export interface RowCounts {
  /** The first row that has any; row `d · height + h` holds the voxels `(d, h, ·)`. */
  readonly firstRow: number;
  /** Up to and with row `firstRow + i`; ends with the last row that has any. */
  readonly cumulative: Int32Array;
}

/** Where the voxels are that a crop may be centered on, without their indices. */
export interface VoxelCensus {
  /** Of any class but background. */
  readonly organs: RowCounts;
  /** Background within the body. */
  readonly background: RowCounts;
}

/** A kind of voxel that crops may be centered on. */
export type VoxelKind = keyof VoxelCensus;

/** Whether a voxel, by its label and its first channel, is of a kind. @param air the value of air there */
export function isOfKind(kind: VoxelKind, label: number, intensity: number, air: number): boolean {
  return kind === 'organs' ? label > 0 : label === 0 && intensity !== air;
}

/** Counts the voxels of each kind. @param air the value of air in the first channel */
export function takeCensus(
  image: Volume<Float32Array>,
  { data: labels, shape }: Volume<Uint8Array>,
  air: number,
): VoxelCensus {
  const count = (kind: VoxelKind) =>
    countRows(image, labels, shape, (label, value) => isOfKind(kind, label, value, air));
  return { organs: count('organs'), background: count('background') };
}

/** How many voxels of the kind there are. */
export function countOf({ cumulative }: RowCounts): number {
  return cumulative.at(-1) ?? 0;
}

/** The row of the `rank`-th voxel of the kind, from 0, and its rank within that row. */
export function rowOfRank(
  { firstRow, cumulative }: RowCounts,
  rank: number,
): { readonly row: number; readonly rank: number } {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > rank) high = middle;
    else low = middle + 1;
  }
  return { row: firstRow + low, rank: low === 0 ? rank : rank - cumulative[low - 1] };
}

function countRows(
  { data, channels }: Volume<Float32Array>,
  labels: Uint8Array,
  [depth, height, width]: Shape3,
  counts: (label: number, value: number) => boolean,
): RowCounts {
  const totals = new Int32Array(depth * height);
  let total = 0;
  let first = -1;
  let last = -1;
  let at = 0;
  for (let row = 0; row < totals.length; row++) {
    const before = total;
    for (let w = 0; w < width; w++, at++) {
      if (counts(labels[at], data[at * channels])) total += 1;
    }
    totals[row] = total;
    if (total === before) continue;
    if (first < 0) first = row;
    last = row;
  }
  return { firstRow: Math.max(first, 0), cumulative: totals.slice(Math.max(first, 0), last + 1) };
}
