import type { SurfaceDistances } from './surface-distances.js';

/**
 * How the 95th percentile of distances is taken: of each direction, then the larger (`monai`), or of
 * both directions together (`medpy`). The numbers differ.
 */
export type Hd95Convention = 'monai' | 'medpy';

/** Distances between two surfaces, in millimetres, and the share of them that agrees. */
export interface SurfaceMetrics {
  /** The largest distance (Hausdorff). */
  readonly hd: number;
  /** The 95th percentile of the distances, by linear interpolation. */
  readonly hd95: number;
  /** The mean over the voxels of both surfaces. */
  readonly assd: number;
  /** Share of the voxels of both surfaces within the tolerance. */
  readonly nsd: number;
}

/** A distance of just the tolerance counts, whatever rounding made of it. */
const ROUNDING = 1 + 1e-6;

/**
 * Sums up the distances of two surfaces that both exist.
 *
 * Source: MONAI 1.5 `compute_hausdorff_distance`, `compute_average_surface_distance` with
 * `symmetric=True`, `compute_surface_dice` with `use_subvoxels=False`; medpy `hd95`. ASSD is the mean
 * of all distances, as MONAI's; medpy's is the mean of the two directions' means.
 */
export function surfaceMetrics(
  { fromPrediction, fromTruth }: SurfaceDistances,
  convention: Hd95Convention,
  toleranceMm: number,
): SurfaceMetrics {
  const both = new Float64Array(fromPrediction.length + fromTruth.length);
  both.set(fromPrediction);
  both.set(fromTruth, fromPrediction.length);
  let largest = 0;
  let sum = 0;
  let agreeing = 0;
  for (const distance of both) {
    if (distance > largest) largest = distance;
    if (distance <= toleranceMm * ROUNDING) agreeing += 1;
    sum += distance;
  }
  return {
    hd: largest,
    hd95:
      convention === 'medpy'
        ? quantile(both, 0.95)
        : Math.max(quantile(fromPrediction, 0.95), quantile(fromTruth, 0.95)),
    assd: sum / both.length,
    nsd: agreeing / both.length,
  };
}

/** A quantile by linear interpolation, as numpy's and torch's default. Sorts a copy. */
function quantile(values: Float64Array, share: number): number {
  const ascending = values.slice().sort();
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (position - below);
}
