import { type Affine, composeAffines, mapAxes, type Random, type Vector3 } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, drawSymmetric, probability, rangeWithin } from '../draw.js';

const angle = z.number().min(0).max(180);

/** Rotation, scaling and shear about the center of the crop, in the millimetres of its voxels. */
export const AffineConfig = z.strictObject({
  probability: probability.default(0).describe('Of an affine transform.'),
  rotationDeg: z
    .tuple([angle, angle, angle])
    .readonly()
    .default([15, 15, 15])
    .describe('Largest rotation about each axis, in degrees either way.'),
  scale: rangeWithin(0.1, 10)
    .default([0.85, 1.15])
    .describe('Range of the magnification, drawn for each axis; above 1 enlarges.'),
  shear: z.number().min(0).max(1).default(0).describe('Largest shear of each axis along another.'),
});
export type AffineConfig = z.infer<typeof AffineConfig>;

/** What {@link affineAbout} is made of. */
export interface AffineParameters {
  /** Radians, about the axes depth, height and width. */
  readonly rotation: Vector3;
  /** Magnification of each axis. */
  readonly scale: Vector3;
  /** Off-diagonal cells of the shear, row by row. */
  readonly shear: readonly [number, number, number, number, number, number];
}

export function drawAffine(config: AffineConfig, random: Random): AffineParameters {
  const shear = () => drawSymmetric(config.shear, random);
  return {
    rotation: mapAxes(config.rotationDeg, (most) => (drawSymmetric(most, random) * Math.PI) / 180),
    scale: mapAxes(config.rotationDeg, () => drawFrom(config.scale, random)),
    shear: [shear(), shear(), shear(), shear(), shear(), shear()],
  };
}

/**
 * Takes offsets from the center after the transform to those before it.
 *
 * Source: MONAI `AffineGrid` (rotation · shear · scale), the same to the number; but for the scale,
 * which magnifies what is seen here, and there the grid.
 */
export function affineAbout({ rotation, shear, scale }: AffineParameters): Affine {
  const [a, b, c, d, e, f] = shear;
  const sheared = linear([1, a, b], [c, 1, d], [e, f, 1]);
  const [z, y, x] = scale;
  const scaled = linear([1 / z, 0, 0], [0, 1 / y, 0], [0, 0, 1 / x]);
  return composeAffines(composeAffines(rotationOf(rotation), sheared), scaled);
}

function rotationOf([depth, height, width]: Vector3): Affine {
  const [cosD, sinD] = [Math.cos(depth), Math.sin(depth)];
  const [cosH, sinH] = [Math.cos(height), Math.sin(height)];
  const [cosW, sinW] = [Math.cos(width), Math.sin(width)];
  return composeAffines(
    composeAffines(
      linear([1, 0, 0], [0, cosD, -sinD], [0, sinD, cosD]),
      linear([cosH, 0, sinH], [0, 1, 0], [-sinH, 0, cosH]),
    ),
    linear([cosW, -sinW, 0], [sinW, cosW, 0], [0, 0, 1]),
  );
}

function linear(...[depth, height, width]: readonly [Vector3, Vector3, Vector3]): Affine {
  return [
    [...depth, 0],
    [...height, 0],
    [...width, 0],
  ];
}
