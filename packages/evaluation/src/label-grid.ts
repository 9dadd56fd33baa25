import {
  affinesAgree,
  spacingOf,
  volumeOf,
  VoxmimError,
  type Affine,
  type Shape3,
  type Spacing3,
} from '@voxmim/core';

/** Labels or a mask on a grid; a label volume of `@voxmim/core` is one. */
export interface LabelGrid {
  /** `[D, H, W]` */
  readonly data: ArrayLike<number>;
  readonly shape: Shape3;
  /** When given, 1: labels are class indices, not one channel a class. */
  readonly channels?: number;
  /** When both sides have one, they must agree. */
  readonly affine?: Affine;
}

/** How far apart, in millimetres, two grids may put the same voxel. Headers are rounded. */
const GRID_TOLERANCE_MM = 0.1;

/**
 * Refuses two grids that cannot be compared voxel by voxel.
 *
 * @param id leads the message
 * @throws `SHAPE_MISMATCH` when shapes, channels or the number of values are wrong; `INVALID_DATA`
 *   when the affines put voxels in different places
 */
export function checkSameGrid(id: string, prediction: LabelGrid, truth: LabelGrid): void {
  checkSize(id, 'prediction', prediction);
  checkSize(id, 'truth', truth);
  if (!truth.shape.every((extent, axis) => extent === prediction.shape[axis])) {
    throw new VoxmimError(
      'SHAPE_MISMATCH',
      `The prediction of ${id} has the shape [${prediction.shape.join(', ')}] and the truth [${truth.shape.join(', ')}].`,
      'Resample the prediction onto the grid of the truth first.',
      { expected: `[${truth.shape.join(', ')}]`, received: prediction.shape },
    );
  }
  if (!prediction.affine || !truth.affine) return;
  if (affinesAgree(prediction.affine, truth.affine, truth.shape, GRID_TOLERANCE_MM)) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `The prediction of ${id} lies elsewhere than the truth: their affines are ${JSON.stringify(prediction.affine)} and ${JSON.stringify(truth.affine)}.`,
    'Resample the prediction onto the grid of the truth first.',
    { path: id, reason: 'grids differ' },
  );
}

/**
 * Millimetres per voxel: as given, else the truth's own.
 *
 * @throws `INVALID_CONFIG` when there is neither, or a value is not above zero
 */
export function spacingFor(truth: LabelGrid, given: Spacing3 | undefined): Spacing3 {
  const spacing = given ?? (truth.affine && spacingOf(truth.affine));
  if (spacing?.every((gap) => gap > 0 && gap < Infinity)) return spacing;
  throw new VoxmimError(
    'INVALID_CONFIG',
    spacing
      ? `The spacing [${spacing.join(', ')}] is not three lengths above zero.`
      : 'There is neither a spacing nor an affine to take it from.',
    'Give the spacing in millimetres, [depth, height, width].',
    { path: 'spacing', received: given },
  );
}

function checkSize(id: string, side: string, { data, shape, channels = 1 }: LabelGrid): void {
  if (channels === 1 && data.length === volumeOf(shape)) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `The ${side} of ${id} has ${data.length} values in ${channels} channels for a shape of [${shape.join(', ')}].`,
    'Give one class index per voxel.',
    { expected: `${volumeOf(shape)} values`, received: [...shape, channels] },
  );
}
