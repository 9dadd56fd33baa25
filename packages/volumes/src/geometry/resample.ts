import {
  type Affine,
  composeAffines,
  invertAffine,
  spacingOf,
  type Vector3,
  type Volume,
  volumeOf,
  type VoxelArray,
  zipAxes,
} from '@voxmim/core';

import { allocateLike } from './allocate.js';
import { sliceAxis } from './anisotropy.js';
import { blurredForSteps } from './anti-alias.js';
import { fillBlended } from './blend.js';
import { gatherNearest, transposeVoxels } from './gather.js';
import type { Grid } from './grid.js';
import { fillOblique, fillOneHot } from './oblique.js';
import { type Samples, splineCoefficients } from './spline.js';
import { type AxisInterpolations, type GridTaps, separableTaps } from './taps.js';
import { holdWithin, limitsOf } from './value-limits.js';

/**
 * How values between voxels are found. `cubic` is a B-spline through the voxels, which may overshoot
 * their range. Labels take `nearest`, or `oneHotLinear`: each class interpolated linearly by itself and
 * the largest taken, for smoother borders without classes that are not there.
 */
export type Interpolation = 'nearest' | 'linear' | 'cubic' | 'oneHotLinear';

/** What {@link resample} does at the borders, when shrinking, and between distant slices. */
export interface ResampleOptions {
  /** The value further than half a voxel outside; `border`, the default, is the nearest voxel's. */
  readonly outside?: number | 'border';
  /** Whether detail finer than the target's voxels is blurred away first; not for labels. */
  readonly antiAlias?: boolean;
  /** Whether slices more than three times as far apart as pixels are not interpolated between. */
  readonly separateSlices?: boolean;
  /** Whether `cubic` is held within the values it comes from: of the volume, or of the slice. */
  readonly clip?: boolean;
}

/**
 * Values of `volume` on another grid. Up to half a voxel beyond the border the border voxel counts,
 * further out `outside`. Integer voxels are rounded.
 *
 * Cost: proportional to the target; grids with parallel axes take a separable path, and whole steps
 * along parallel axes copy.
 *
 * @throws `INVALID_DATA` when the volume's affine cannot be inverted
 */
export function resample<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  target: Grid,
  interpolation: Interpolation,
  options: ResampleOptions = {},
): Volume<Voxels> {
  const toSource = composeAffines(invertAffine(volume.affine), target.affine);
  return sampleThrough(volume, target, toSource, interpolation, options);
}

/** {@link resample} by a map from target index to source index that the affines need not tell. */
export function sampleThrough<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  { shape, affine }: Grid,
  toSource: Affine,
  interpolation: Interpolation,
  options: ResampleOptions,
): Volume<Voxels> {
  const { outside = 'border' } = options;
  const { channels } = volume;
  const data = allocateLike(volume.data, volumeOf(shape) * channels);
  if (typeof outside === 'number' && outside !== 0) data.fill(outside);
  const result = { data, shape, channels, affine };
  const across = options.separateSlices ? sliceAxisOf(volume, toSource) : undefined;
  const axes = interpolationsOf(interpolation, across);
  const taps = separableTaps(toSource, volume.shape, shape, axes, outside);
  if (taps?.every((axis) => axis.interpolation === 'nearest')) {
    gatherNearest(volume, taps, shape, data);
    return result;
  }
  const target = { shape, toSource, outside };
  if (interpolation === 'nearest') fillOblique(volume, volume.shape, axes, target, data);
  else if (interpolation === 'oneHotLinear') fillOneHot(volume, axes, target, data);
  else {
    const floats = floatsOf(volume);
    const samples = options.antiAlias ? blurredForSteps(floats, stepsOf(toSource)) : floats;
    const clipped = options.clip === true && interpolation === 'cubic';
    if (taps) fillSeparable(samples, taps, result, { clipped, across });
    else {
      const limits = clipped ? limitsOf(samples, undefined) : undefined;
      const coefficients = splineCoefficients(samples, axes);
      fillOblique(coefficients, volume.shape, axes, { ...target, limits }, data);
    }
  }
  return result;
}

function fillSeparable(
  samples: Samples,
  taps: GridTaps,
  { data, shape, channels }: Volume,
  { clipped, across }: { clipped: boolean; across: 0 | 1 | 2 | undefined },
): void {
  const [depth, height, width] = taps;
  const turned = transposeVoxels(samples, [depth.axis, height.axis, width.axis]);
  const axes = [depth.interpolation, height.interpolation, width.interpolation] as const;
  fillBlended(splineCoefficients(turned, axes), taps, shape, data);
  if (clipped) holdWithin(limitsOf(samples, across), across, taps, { data, shape, channels });
}

function interpolationsOf(
  interpolation: Interpolation,
  across: 0 | 1 | 2 | undefined,
): AxisInterpolations {
  const within = interpolation === 'oneHotLinear' ? 'linear' : interpolation;
  const along = (axis: 0 | 1 | 2) => (axis === across ? 'nearest' : within);
  return [along(0), along(1), along(2)];
}

function sliceAxisOf({ affine }: Volume, toSource: Affine): 0 | 1 | 2 | undefined {
  const current = spacingOf(affine);
  return sliceAxis(
    current,
    zipAxes(current, stepsOf(toSource), (size, step) => size * step),
  );
}

/** Source voxels from one target voxel to the next, along each source axis. */
function stepsOf([depth, height, width]: Affine): Vector3 {
  const length = ([d, h, w]: Affine[number]) => Math.hypot(d, h, w);
  return [length(depth), length(height), length(width)];
}

/** Double precision only where single cannot hold the voxels. */
function floatsOf({ data, shape, channels }: Volume): Samples {
  if (data instanceof Float32Array || data instanceof Float64Array) {
    return { data, shape, channels };
  }
  const isWide = data.BYTES_PER_ELEMENT === 4;
  return { data: isWide ? Float64Array.from(data) : Float32Array.from(data), shape, channels };
}
