import type { Spacing3 } from '@voxmim/core';

import type { DistanceField } from './distance-field.js';
import { surfaceDistances } from './surface-distances.js';
import { surfaceMetrics, type Hd95Convention, type SurfaceMetrics } from './surface-metrics.js';
import type { ClassMasks } from './class-masks.js';

/**
 * What was measured of one mask against its truth. Nothing is decided here about empty masks: a value
 * that does not exist is NaN, a distance to nothing is infinite, and the counts say why. (JSON knows
 * neither and writes null for both.)
 */
export interface MaskMetrics extends SurfaceMetrics {
  readonly predictedVoxels: number;
  readonly truthVoxels: number;
  /** NaN when both are empty. */
  readonly dice: number;
  /** NaN when both are empty. */
  readonly iou: number;
  /** Millimetres; NaN when both are empty, infinite when one is. Likewise `hd95` and `assd`. */
  readonly hd: number;
  /** NaN when both are empty, 0 when one is. */
  readonly nsd: number;
  /** Predicted minus true volume. */
  readonly volumeDifferenceMl: number;
  /** The same over the true volume; NaN when that is zero. */
  readonly relativeVolumeDifference: number;
}

/** How masks are measured, with all defaults settled. */
export interface MaskConventions {
  readonly spacing: Spacing3;
  readonly nsdToleranceMm: number;
  readonly hd95: Hd95Convention;
  readonly withSurfaces: boolean;
}

/** Measures one pair of masks, in the box that holds both. */
export function measureMasks(
  masks: ClassMasks,
  conventions: MaskConventions,
  field: DistanceField,
): MaskMetrics {
  const { predictedVoxels, truthVoxels, sharedVoxels } = masks;
  const [depthMm, heightMm, widthMm] = conventions.spacing;
  const difference = predictedVoxels - truthVoxels;
  return {
    predictedVoxels,
    truthVoxels,
    dice: (2 * sharedVoxels) / (predictedVoxels + truthVoxels),
    iou: sharedVoxels / (predictedVoxels + truthVoxels - sharedVoxels),
    ...measureSurfaces(masks, conventions, field),
    volumeDifferenceMl: (difference * depthMm * heightMm * widthMm) / 1000,
    relativeVolumeDifference: truthVoxels === 0 ? NaN : difference / truthVoxels,
  };
}

function measureSurfaces(
  { predictedVoxels, truthVoxels, predicted, truth, shape }: ClassMasks,
  { withSurfaces, hd95, nsdToleranceMm, spacing }: MaskConventions,
  field: DistanceField,
): SurfaceMetrics {
  if (!withSurfaces || (predictedVoxels === 0 && truthVoxels === 0)) {
    return { hd: NaN, hd95: NaN, assd: NaN, nsd: NaN };
  }
  if (predictedVoxels === 0 || truthVoxels === 0) {
    return { hd: Infinity, hd95: Infinity, assd: Infinity, nsd: 0 };
  }
  const distances = surfaceDistances(predicted, truth, shape, spacing, field);
  return surfaceMetrics(distances, hd95, nsdToleranceMm);
}
