import { mapAxes, type Shape3, zipAxes } from '@voxmim/core';

/** How windows cover a volume. */
export interface WindowPlan {
  /** Voxels per axis of a window. */
  readonly roi: Shape3;
  /** The volume's shape, padded where it is smaller than a window. */
  readonly shape: Shape3;
  /** Zeros before each axis; the rest of the padding comes after. */
  readonly padding: Shape3;
  /** First voxel of each window on the padded grid, in row-major order. */
  readonly starts: readonly Shape3[];
}

/**
 * Places windows as MONAI's `sliding_window_inference` does: `floor(roi · (1 - overlap))` voxels
 * apart, the last one of each axis moved back to end with the volume; a volume smaller than a
 * window is padded on both sides, the odd voxel after.
 */
export function planWindows(volume: Shape3, roi: Shape3, overlap: Shape3): WindowPlan {
  const shape = zipAxes(volume, roi, Math.max);
  const padding = zipAxes(shape, volume, (padded, extent) => Math.floor((padded - extent) / 2));
  const perAxis = mapAxes(roi, (window, axis) =>
    Math.max(1, Math.trunc(window * (1 - overlap[axis]))),
  );
  const [alongD, alongH, alongW] = ([0, 1, 2] as const).map((axis) =>
    startsAlong(shape[axis], roi[axis], perAxis[axis]),
  );
  const starts = (alongD ?? []).flatMap((d) =>
    (alongH ?? []).flatMap((h) => (alongW ?? []).map((w): Shape3 => [d, h, w])),
  );
  return { roi, shape, padding, starts };
}

function startsAlong(extent: number, window: number, step: number): number[] {
  const count = Math.ceil((extent - window) / step) + 1;
  return Array.from({ length: count }, (_, index) => Math.min(index * step, extent - window));
}

/**
 * The weight of each voxel of a window: 1, or a Gaussian around its centre with a standard
 * deviation of `sigmaScale` times the window, and nowhere less than 0.001 (or its own minimum).
 *
 * Source: MONAI `compute_importance_map`; its largest value is not 1 for even extents.
 *
 * @returns row-major, one per voxel of `roi`
 */
export function windowWeights(
  roi: Shape3,
  mode: 'constant' | 'gaussian',
  sigmaScale: number,
): Float32Array {
  const [depth, height, width] = roi;
  const weights = new Float32Array(depth * height * width).fill(1);
  if (mode === 'constant') return weights;
  const [alongD, alongH, alongW] = [depth, height, width].map((extent) => bell(extent, sigmaScale));
  let index = 0;
  for (const d of alongD ?? []) {
    for (const h of alongH ?? []) for (const w of alongW ?? []) weights[index++] = d * h * w;
  }
  const floor = Math.max(1e-3, weights[0] ?? 0); // the corner is the minimum
  return weights.map((weight) => Math.max(weight, floor));
}

function bell(extent: number, sigmaScale: number): Float32Array {
  const sigma = extent * sigmaScale;
  return Float32Array.from({ length: extent }, (_, index) => {
    const distance = index - (extent - 1) / 2;
    return Math.exp(-(distance ** 2) / (2 * sigma ** 2));
  });
}
