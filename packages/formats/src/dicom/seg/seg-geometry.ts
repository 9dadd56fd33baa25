import { type Affine, type Vector3 } from '@voxmim/core';

import type { SourceSlice } from './seg-source.js';

/** How the frames of a label map lie, as DICOM says it: LPS+ millimetres. */
export interface SegGeometry {
  /** Where columns grow, then where rows grow; of length 1. */
  readonly orientation: readonly number[];
  /** Between rows, between columns. */
  readonly pixelSpacing: readonly [number, number];
  readonly sliceSpacing: number;
  /** Of the first voxel of a slice. */
  readonly positionOf: (slice: number) => Vector3;
}

/** The geometry of a label map from its affine, which is to RAS+. */
export function segGeometry(affine: Affine): SegGeometry {
  const column = (index: 0 | 1 | 2 | 3): Vector3 => [
    -affine[0][index],
    -affine[1][index],
    affine[2][index],
  ];
  const [step, down, right, origin] = [column(0), column(1), column(2), column(3)];
  const [rows, columns] = [Math.hypot(...down), Math.hypot(...right)];
  return {
    orientation: [...right.map((part) => part / columns), ...down.map((part) => part / rows)],
    pixelSpacing: [rows, columns],
    sliceSpacing: Math.hypot(...step),
    positionOf: (slice) => [
      origin[0] + slice * step[0],
      origin[1] + slice * step[1],
      origin[2] + slice * step[2],
    ],
  };
}

/** The image at a place: within half a slice, or none where slices were interpolated. */
export function sourceAt(
  slices: readonly SourceSlice[],
  place: Vector3,
  sliceSpacing: number,
): SourceSlice | undefined {
  const away = ({ position }: SourceSlice) =>
    Math.hypot(position[0] - place[0], position[1] - place[1], position[2] - place[2]);
  let [nearest] = slices;
  for (const slice of slices) if (away(slice) < away(nearest)) nearest = slice;
  return away(nearest) < sliceSpacing / 2 ? nearest : undefined;
}

/** A number as DICOM writes it in text: 16 characters at most. */
export function decimal(value: number): string {
  for (let digits = 12; digits > 1; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return '0';
}
