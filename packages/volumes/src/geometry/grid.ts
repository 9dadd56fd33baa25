import {
  type Affine,
  composeAffines,
  type Shape3,
  type Spacing3,
  spacingOf,
  transformPoint,
  type Vector3,
  zipAxes,
} from '@voxmim/core';

import type { Box } from './box.js';
import { directionsOf, parseAxisCodes } from './orientation.js';

/** A grid of voxels in the world, without values. */
export interface Grid {
  readonly shape: Shape3;
  readonly affine: Affine;
}

/**
 * Which grid a new spacing gives. `monai` keeps the centers of the corner voxels: 64 slices at 3 mm
 * become 190 at 1 mm. `nnunet` keeps the outer faces: they become 192, and every center moves.
 */
export type SizeConvention = 'monai' | 'nnunet';

/**
 * The grid of the same extent and directions with another spacing. Sheared axes stay sheared.
 *
 * Source: MONAI `Spacing` (`scale_extent=False`), which drops the shear, and nnU-Net's
 * `compute_new_shape`.
 */
export function gridWithSpacing(
  { shape, affine }: Grid,
  spacing: Spacing3,
  convention: SizeConvention = 'monai',
): Grid {
  const scale = zipAxes(spacing, spacingOf(affine), (wanted, current) => wanted / current);
  if (convention === 'monai') {
    // The one is added before rounding: a half goes to the even size, as in MONAI.
    const resized = zipAxes(shape, scale, (extent, factor) =>
      roundHalfEven((extent - 1) / factor + 1),
    );
    return { shape: resized, affine: composeAffines(affine, scaling(scale, [0, 0, 0])) };
  }
  const resized = zipAxes(shape, scale, (extent, factor) =>
    Math.max(1, roundHalfEven(extent / factor)),
  );
  const exact = zipAxes(shape, resized, (before, after) => before / after);
  const shift = zipAxes(exact, exact, (factor) => (factor - 1) / 2);
  return { shape: resized, affine: composeAffines(affine, scaling(exact, shift)) };
}

/**
 * The same voxels in the order of other axis codes.
 *
 * @param codes such as `RAS`; see `axisCodes`
 * @throws `INVALID_CONFIG`
 */
export function reorientedGrid({ shape, affine }: Grid, codes: string): Grid {
  const current = directionsOf(affine);
  const turned = parseAxisCodes(codes).map(({ world, sign }) => {
    const from = current.findIndex((direction) => direction.world === world) as 0 | 1 | 2;
    return { from, sign: current[from].sign === sign ? 1 : -1 };
  });
  const [depth, height, width] = turned;
  const row = (cells: Affine[number]): Affine[number] => [
    depth.sign * cells[depth.from],
    height.sign * cells[height.from],
    width.sign * cells[width.from],
    turned.reduce(
      (sum, { from, sign }) => sum + (sign < 0 ? cells[from] * (shape[from] - 1) : 0),
      cells[3],
    ),
  ];
  return {
    shape: [shape[depth.from], shape[height.from], shape[width.from]],
    affine: [row(affine[0]), row(affine[1]), row(affine[2])],
  };
}

/** The grid of a box of voxels, which may reach beyond the grid. */
export function croppedGrid({ affine }: Grid, { origin, shape }: Box): Grid {
  const [x, y, z] = transformPoint(affine, origin);
  const [right, anterior, superior] = affine;
  return {
    shape,
    affine: [
      [right[0], right[1], right[2], x],
      [anterior[0], anterior[1], anterior[2], y],
      [superior[0], superior[1], superior[2], z],
    ],
  };
}

function scaling(scale: Vector3, shift: Vector3): Affine {
  return [
    [scale[0], 0, 0, shift[0]],
    [0, scale[1], 0, shift[1]],
    [0, 0, scale[2], shift[2]],
  ];
}

/** numpy's and Python's rounding: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const isHalf = Math.abs(value - floor - 0.5) < 1e-9;
  return isHalf ? floor + (floor % 2) : Math.round(value);
}
