import { type Shape3, type Spacing3, volumeOf, VoxmimError } from '@voxmim/core';

import { type ClassMasks, classMasks } from './class-masks.js';
import { type SurfaceDistances, surfaceDistances } from './surface-distances.js';

/** Labels on a grid; a label volume of `@voxmim/core` is one. */
export interface LabelGrid {
  readonly data: ArrayLike<number>;
  readonly shape: Shape3;
}

/**
 * How the 95th percentile of distances is taken: of each direction, then the larger (`monai`), or of
 * both directions together (`medpy`). The numbers differ.
 */
export type Hd95Convention = 'monai' | 'medpy';

/** What {@link evaluateCase} must know beside the labels. */
export interface EvaluationOptions {
  /** Names of the classes, background first. */
  readonly classes: readonly string[];
  /** Millimetres per voxel. */
  readonly spacing: Spacing3;
  /** Distance up to which surfaces agree, for the normalized surface distance. Defaults to 2. */
  readonly nsdToleranceMm?: number;
  /** Defaults to `monai`. */
  readonly hd95?: Hd95Convention;
  /** Skips the distances, which cost most. Defaults to true. */
  readonly withSurfaces?: boolean;
}

/**
 * What was measured of one class in one case. Nothing is decided here about empty classes: a value
 * that does not exist is NaN, a distance to nothing is infinite, and the counts say why.
 */
export interface ClassMetrics {
  readonly name: string;
  readonly predictedVoxels: number;
  readonly truthVoxels: number;
  /** NaN when the class is in neither. */
  readonly dice: number;
  /** NaN when the class is in neither. */
  readonly iou: number;
  /** Millimetres; NaN when in neither, infinite when in one only. */
  readonly hd: number;
  readonly hd95: number;
  readonly assd: number;
  /** Share of both surfaces within the tolerance; NaN when in neither, 0 when in one only. */
  readonly nsd: number;
  /** Predicted minus true volume. */
  readonly volumeDifferenceMl: number;
  /** The same over the true volume; NaN when that is zero. */
  readonly relativeVolumeDifference: number;
}

/** Metrics of every class but background. */
export interface CaseMetrics {
  readonly id: string;
  readonly classes: readonly ClassMetrics[];
}

/**
 * Compares a label map with the truth on the same grid, class by class.
 *
 * Source: definitions and conventions of MONAI 1.5 (`DiceMetric`, `HausdorffDistanceMetric`,
 * `SurfaceDistanceMetric` with `symmetric=True`, `SurfaceDiceMetric`), without their reductions.
 *
 * @throws `SHAPE_MISMATCH` when the grids differ
 */
export function evaluateCase(
  id: string,
  prediction: LabelGrid,
  truth: LabelGrid,
  options: EvaluationOptions,
): CaseMetrics {
  checkShapes(id, prediction, truth);
  const masks = classMasks(prediction.data, truth.data, truth.shape, options.classes.length);
  const classes = [...iterate(masks, options)];
  return { id, classes };
}

function* iterate(
  masks: Iterable<ClassMasks>,
  options: EvaluationOptions,
): Generator<ClassMetrics> {
  for (const found of masks) {
    const name = options.classes.at(found.label);
    if (found.label > 0 && name !== undefined) yield measure(name, found, options);
  }
}

function measure(name: string, masks: ClassMasks, options: EvaluationOptions): ClassMetrics {
  const { predictedVoxels, truthVoxels, sharedVoxels } = masks;
  const voxelMl = (options.spacing[0] * options.spacing[1] * options.spacing[2]) / 1000;
  const difference = predictedVoxels - truthVoxels;
  return {
    name,
    predictedVoxels,
    truthVoxels,
    dice: (2 * sharedVoxels) / (predictedVoxels + truthVoxels),
    iou: sharedVoxels / (predictedVoxels + truthVoxels - sharedVoxels),
    ...distanceMetrics(masks, options),
    volumeDifferenceMl: difference * voxelMl,
    relativeVolumeDifference: truthVoxels === 0 ? NaN : difference / truthVoxels,
  };
}

type DistanceMetrics = Pick<ClassMetrics, 'hd' | 'hd95' | 'assd' | 'nsd'>;

function distanceMetrics(masks: ClassMasks, options: EvaluationOptions): DistanceMetrics {
  const { withSurfaces = true, hd95 = 'monai', nsdToleranceMm = 2, spacing } = options;
  const { predictedVoxels, truthVoxels, predicted, truth, shape } = masks;
  if (!withSurfaces || (predictedVoxels === 0 && truthVoxels === 0)) {
    return { hd: NaN, hd95: NaN, assd: NaN, nsd: NaN };
  }
  if (predictedVoxels === 0 || truthVoxels === 0) {
    return { hd: Infinity, hd95: Infinity, assd: Infinity, nsd: 0 };
  }
  const distances = surfaceDistances(predicted, truth, shape, spacing);
  const both = pooled(distances);
  return {
    hd: both[both.length - 1],
    hd95: hd95 === 'medpy' ? quantile(both, 0.95) : largerPercentile(distances),
    assd: both.reduce((sum, distance) => sum + distance, 0) / both.length,
    nsd: both.filter((distance) => distance <= nsdToleranceMm).length / both.length,
  };
}

/** All distances, ascending. */
function pooled({ fromPrediction, fromTruth }: SurfaceDistances): Float64Array {
  const both = new Float64Array(fromPrediction.length + fromTruth.length);
  both.set(fromPrediction);
  both.set(fromTruth, fromPrediction.length);
  return both.sort();
}

function largerPercentile({ fromPrediction, fromTruth }: SurfaceDistances): number {
  return Math.max(
    quantile(fromPrediction.slice().sort(), 0.95),
    quantile(fromTruth.slice().sort(), 0.95),
  );
}

/** A quantile by linear interpolation, as numpy's and torch's default. */
function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (position - below);
}

function checkShapes(id: string, prediction: LabelGrid, truth: LabelGrid): void {
  const isSame = truth.shape.every((extent, axis) => extent === prediction.shape[axis]);
  if (isSame && prediction.data.length === volumeOf(truth.shape)) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `The prediction of ${id} has the shape [${prediction.shape.join(', ')}] and the truth [${truth.shape.join(', ')}].`,
    'Bring both to the same grid first.',
    { expected: `[${truth.shape.join(', ')}]`, received: prediction.shape },
  );
}
