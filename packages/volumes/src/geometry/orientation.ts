import { type Affine, VoxmimError } from '@voxmim/core';

/** Where each array axis points: world axis 0 (right), 1 (anterior) or 2 (superior), and its sign. */
export interface AxisDirection {
  readonly world: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** The directions of the depth, height and width axes. */
export type AxisDirections = readonly [AxisDirection, AxisDirection, AxisDirection];

const LETTERS = ['RL', 'AP', 'SI'] as const;
const PERMUTATIONS: readonly (readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2])[] = [
  [2, 1, 0],
  [2, 0, 1],
  [1, 2, 0],
  [0, 2, 1],
  [1, 0, 2],
  [0, 1, 2],
];

/** The world axis closest to each array axis, each world axis used once. */
export function directionsOf(affine: Affine): AxisDirections {
  const length = (axis: 0 | 1 | 2) =>
    Math.hypot(affine[0][axis], affine[1][axis], affine[2][axis]) || 1;
  const cosine = (world: 0 | 1 | 2, axis: 0 | 1 | 2) => affine[world][axis] / length(axis);
  const score = ([d, h, w]: (typeof PERMUTATIONS)[number]) =>
    Math.abs(cosine(d, 0)) + Math.abs(cosine(h, 1)) + Math.abs(cosine(w, 2));
  const best = PERMUTATIONS.reduce((left, right) =>
    score(right) > score(left) + 1e-9 ? right : left,
  );
  const direction = (axis: 0 | 1 | 2): AxisDirection => ({
    world: best[axis],
    sign: cosine(best[axis], axis) < 0 ? -1 : 1,
  });
  return [direction(0), direction(1), direction(2)];
}

/**
 * The axis codes of a grid, as nibabel writes them: in the order width, height, depth (NIfTI's
 * i, j, k), each letter where the axis points. `RAS` is right, anterior, superior.
 */
export function axisCodes(affine: Affine): string {
  return [...directionsOf(affine)]
    .reverse()
    .map(({ world, sign }) => LETTERS[world][sign > 0 ? 0 : 1])
    .join('');
}

/**
 * Directions of the array axes for axis codes such as `RAS` or `LPS`.
 *
 * @throws `INVALID_CONFIG` unless every world axis is named once
 */
export function parseAxisCodes(codes: string): AxisDirections {
  const directions = Array.from(codes.toUpperCase()).flatMap((letter): AxisDirection[] => {
    const world = LETTERS.findIndex((pair) => pair.includes(letter));
    if (world !== 0 && world !== 1 && world !== 2) return [];
    return [{ world, sign: LETTERS[world].startsWith(letter) ? 1 : -1 }];
  });
  const [width, height, depth] = directions;
  const isComplete = new Set(directions.map(({ world }) => world)).size === 3 && codes.length === 3;
  if (isComplete) return [depth, height, width];
  throw new VoxmimError(
    'INVALID_CONFIG',
    `"${codes}" is no orientation.`,
    'Give one letter each of R or L, A or P, S or I, such as RAS.',
    { path: 'orientation', received: codes },
  );
}
