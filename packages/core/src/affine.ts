import { VoxmimError } from './errors.js';
import type { Spacing3 } from './shapes.js';

/** Three numbers, one per axis. */
export type Vector3 = readonly [number, number, number];

/**
 * The upper three rows of a 4 × 4 matrix that takes an array index `(d, h, w, 1)` to RAS+
 * millimetres. Row `i` gives world axis `i` (right, anterior, superior); the first three columns
 * belong to depth, height and width, in array order; the fourth is the centre of voxel (0, 0, 0).
 */
export type Affine = readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
];

/** The affine of an axis-aligned grid: depth to superior, height to anterior, width to right. */
export function affineOf(spacing: Spacing3, origin: Vector3 = [0, 0, 0]): Affine {
  return [
    [0, 0, spacing[2], origin[0]],
    [0, spacing[1], 0, origin[1]],
    [spacing[0], 0, 0, origin[2]],
  ];
}

/** Millimetres between neighbouring voxels along each array axis. */
export function spacingOf(affine: Affine): Spacing3 {
  const column = (axis: 0 | 1 | 2) => Math.hypot(affine[0][axis], affine[1][axis], affine[2][axis]);
  return [column(0), column(1), column(2)];
}

/** The world position (RAS+ millimetres) of a point in array coordinates. */
export function transformPoint(affine: Affine, [d, h, w]: Vector3): Vector3 {
  const along = (row: Affine[number]) => row[0] * d + row[1] * h + row[2] * w + row[3];
  return [along(affine[0]), along(affine[1]), along(affine[2])];
}

/** `left · right`: first `right`, then `left`. */
export function composeAffines(left: Affine, right: Affine): Affine {
  const cell = (row: Affine[number], column: 0 | 1 | 2 | 3) =>
    row[0] * right[0][column] +
    row[1] * right[1][column] +
    row[2] * right[2][column] +
    (column === 3 ? row[3] : 0);
  const line = (row: Affine[number]): Affine[number] => [
    cell(row, 0),
    cell(row, 1),
    cell(row, 2),
    cell(row, 3),
  ];
  return [line(left[0]), line(left[1]), line(left[2])];
}

/**
 * The inverse transform.
 *
 * @throws `INVALID_DATA` when the matrix is singular or not finite
 */
export function invertAffine(affine: Affine): Affine {
  const [[a, b, c, x], [d, e, f, y], [g, h, i, z]] = affine;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || determinant === 0) {
    throw new VoxmimError(
      'INVALID_DATA',
      `The affine ${JSON.stringify(affine)} cannot be inverted.`,
      'Correct the orientation in the file header: its three axes must span space.',
      { path: '', reason: 'singular affine' },
    );
  }
  const row = (p: number, q: number, r: number): Affine[number] => [
    p / determinant,
    q / determinant,
    r / determinant,
    -(p * x + q * y + r * z) / determinant,
  ];
  return [
    row(e * i - f * h, c * h - b * i, b * f - c * e),
    row(f * g - d * i, a * i - c * g, c * d - a * f),
    row(d * h - e * g, b * g - a * h, a * e - b * d),
  ];
}

/** Whether two grids put every index of a box of `extent` voxels within `tolerance` mm. */
export function affinesAgree(
  left: Affine,
  right: Affine,
  extent: Vector3,
  tolerance = 1e-3,
): boolean {
  return corners(extent).every((corner) => {
    const [x, y, z] = transformPoint(left, corner);
    const [u, v, w] = transformPoint(right, corner);
    return Math.hypot(x - u, y - v, z - w) <= tolerance;
  });
}

function corners([depth, height, width]: Vector3): Vector3[] {
  return [0, depth - 1].flatMap((d) =>
    [0, height - 1].flatMap((h) => [0, width - 1].map((w): Vector3 => [d, h, w])),
  );
}
