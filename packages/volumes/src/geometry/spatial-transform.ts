import {
  type Affine,
  composeAffines,
  invertAffine,
  type Spacing3,
  type Volume,
  type VoxelArray,
  VoxmimError,
} from '@voxmim/core';

import type { Box } from './box.js';
import {
  croppedGrid,
  type Grid,
  gridWithSpacing,
  reorientedGrid,
  type SizeConvention,
} from './grid.js';
import { type Interpolation, type ResampleOptions, sampleThrough } from './resample.js';

const STANDSTILL: Affine = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

/**
 * A way from one grid to another, and back: each step returns a new transform of all steps so far.
 * However many there are, {@link SpatialTransform.apply} interpolates once, and copies where every
 * step only moved whole voxels.
 *
 * @example
 * ```ts
 * const way = SpatialTransform.of(ct).reoriented('RAS').withSpacing([2, 1.5, 1.5]).cropped(box);
 * const image = way.apply(ct, 'linear');
 * const native = way.inverse().apply(segment(image), 'nearest', { outside: 0 });
 * ```
 */
export class SpatialTransform {
  private constructor(
    /** The grid of what {@link SpatialTransform.apply} takes. */
    readonly source: Grid,
    /** The grid of what it returns. */
    readonly target: Grid,
    /** From target index to source index. */
    readonly toSource: Affine,
  ) {}

  /** Starts at a grid, or at that of a volume. */
  static of({ shape, affine }: Grid): SpatialTransform {
    const grid = { shape, affine };
    return new SpatialTransform(grid, grid, STANDSTILL);
  }

  /** Permutes and flips axes to codes such as `RAS`. @throws `INVALID_CONFIG` */
  reoriented(codes: string): SpatialTransform {
    return this.onto(reorientedGrid(this.target, codes));
  }

  /** Changes the spacing, in millimetres `[depth, height, width]`. */
  withSpacing(spacing: Spacing3, convention?: SizeConvention): SpatialTransform {
    return this.onto(gridWithSpacing(this.target, spacing, convention));
  }

  /** Cuts out a box of voxels, which may reach beyond the grid. */
  cropped(box: Box): SpatialTransform {
    return this.onto(croppedGrid(this.target, box));
  }

  /** Takes another grid in the same world, such as another volume's. @throws `INVALID_DATA` */
  onto({ shape, affine }: Grid): SpatialTransform {
    const step = composeAffines(invertAffine(this.target.affine), affine);
    return new SpatialTransform(
      this.source,
      { shape, affine },
      composeAffines(this.toSource, step),
    );
  }

  /**
   * Moves what the voxels show within the world: what was at `p` comes to `world · p`, in RAS+
   * millimetres, while the grid stays.
   *
   * @throws `INVALID_DATA` when `world` cannot be inverted
   */
  moved(world: Affine): SpatialTransform {
    const { affine } = this.target;
    const back = composeAffines(invertAffine(affine), composeAffines(invertAffine(world), affine));
    return new SpatialTransform(this.source, this.target, composeAffines(this.toSource, back));
  }

  /** The way back: what it brings to the source grid lies where it came from. */
  inverse(): SpatialTransform {
    return new SpatialTransform(this.target, this.source, invertAffine(this.toSource));
  }

  /**
   * A volume on the source grid, brought to the target's; itself where the transform does nothing.
   *
   * @throws `SHAPE_MISMATCH` for a volume of another shape than the source grid
   */
  apply<Voxels extends VoxelArray>(
    volume: Volume<Voxels>,
    interpolation: Interpolation,
    options: ResampleOptions = {},
  ): Volume<Voxels> {
    requireShape(volume, this.source);
    if (this.#isIdentity()) return volume;
    return sampleThrough(volume, this.target, this.toSource, interpolation, options);
  }

  /** Within the rounding of affines: no voxel moves by a thousandth of a percent of its size. */
  #isIdentity(): boolean {
    const { shape } = this.source;
    const reach = [...shape, 1];
    return (
      shape.every((extent, axis) => extent === this.target.shape[axis]) &&
      this.toSource.every((row, axis) =>
        row.every((cell, at) => Math.abs(cell - (at === axis ? 1 : 0)) * reach[at] < 1e-5),
      )
    );
  }
}

function requireShape({ shape }: Grid, expected: Grid): void {
  if (shape.every((extent, axis) => extent === expected.shape[axis])) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `The volume has [${shape.join(', ')}] voxels, the transform starts at [${expected.shape.join(', ')}].`,
    'Apply a transform to volumes on the grid that it was made of.',
    { expected: `[${expected.shape.join(', ')}]`, received: shape },
  );
}
