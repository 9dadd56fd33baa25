import { VoxmimError } from './errors.js';

/** Voxels or tokens per axis, always in array order `[depth, height, width]`. */
export type Shape3 = readonly [depth: number, height: number, width: number];

/** Millimetres per voxel, in the same array order as {@link Shape3}. */
export type Spacing3 = readonly [depth: number, height: number, width: number];

/** The number of cells in a box of this shape. */
export function volumeOf([depth, height, width]: Shape3): number {
  return depth * height * width;
}

/** Applies `transform` to the three axes, keeping the tuple type. */
export function mapAxes(
  [depth, height, width]: Shape3,
  transform: (extent: number, axis: 0 | 1 | 2) => number,
): Shape3 {
  return [transform(depth, 0), transform(height, 1), transform(width, 2)];
}

/** Pairs the axes of two tuples. */
export function zipAxes(
  left: Shape3,
  right: Shape3,
  combine: (left: number, right: number) => number,
): Shape3 {
  return [combine(left[0], right[0]), combine(left[1], right[1]), combine(left[2], right[2])];
}

/**
 * How many whole `unit` boxes tile `shape` along each axis.
 *
 * @throws `SHAPE_MISMATCH` when an axis of `shape` is no multiple of `unit`.
 */
export function tile(shape: Shape3, unit: Shape3): Shape3 {
  const grid = zipAxes(shape, unit, (extent, size) => extent / size);
  if (grid.every(Number.isInteger)) return grid;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `Shape [${shape.join(', ')}] is not divisible by [${unit.join(', ')}].`,
    'Choose a crop whose every axis is a multiple of the token size.',
    { expected: `multiples of [${unit.join(', ')}]`, received: shape },
  );
}
