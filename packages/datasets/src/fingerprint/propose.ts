import { mapAxes, type Shape3, type Spacing3, volumeOf, zipAxes } from '@voxmim/core';

import { percentilesOfSorted } from '@voxmim/volumes';
import type { FingerprintProposal } from './fingerprint.js';

const AXES = [0, 1, 2] as const;

/** An axis this many times coarser than the others, and as many times shorter, gets a finer spacing. */
const ANISOTROPY_THRESHOLD = 3;

/** Voxels of a crop where volumes are larger: 96³, as the paper takes. */
const CROP_VOXELS = 96 ** 3;

/** Shape and spacing of one case, with axes in the same order for all. */
interface CaseGrid {
  readonly shape: Shape3;
  readonly spacing: Spacing3;
}

/** Spacing, crop and token size for volumes like these. */
export function proposeFor(cases: readonly CaseGrid[]): FingerprintProposal {
  const spacing = proposeSpacing(cases);
  const medianShape = mapAxes(AXES, (_, axis) =>
    Math.round(
      percentile(
        cases.map((grid) => (grid.shape[axis] * grid.spacing[axis]) / spacing[axis]),
        50,
      ),
    ),
  );
  const fitting = cropWithin(medianShape, spacing);
  const patchSize = proposePatchSize(fitting, spacing);
  // A whole number of tokens: what is left over joins when it is more than a quarter of one.
  const crop = zipAxes(
    fitting,
    patchSize,
    (extent, size) => Math.max(1, Math.ceil(extent / size - 0.25)) * size,
  );
  return { spacing, medianShape, crop, patchSize };
}

/**
 * The median spacing along each axis; along one that is coarse in spacing and in voxels, the 10th
 * percentile, but no finer than the others.
 *
 * Source: nnU-Net's `ExperimentPlanner.determine_fullres_target_spacing`.
 */
export function proposeSpacing(cases: readonly CaseGrid[]): Spacing3 {
  const along = (axis: 0 | 1 | 2, percent: number) =>
    percentile(
      cases.map(({ spacing }) => spacing[axis]),
      percent,
    );
  const median = mapAxes(AXES, (_, axis) => along(axis, 50));
  const sizes = mapAxes(AXES, (_, axis) =>
    percentile(
      cases.map(({ shape }) => shape[axis]),
      50,
    ),
  );
  const worst = AXES.reduce<0 | 1 | 2>(
    (most, axis) => (median[axis] > median[most] ? axis : most),
    0,
  );
  const others = AXES.filter((axis) => axis !== worst);
  const coarsestOther = Math.max(...others.map((axis) => median[axis]));
  const fewestOther = Math.min(...others.map((axis) => sizes[axis]));
  const isAnisotropic =
    median[worst] > ANISOTROPY_THRESHOLD * coarsestOther &&
    sizes[worst] * ANISOTROPY_THRESHOLD < fewestOther;
  if (!isAnisotropic) return median;
  const finer = along(worst, 10);
  const held = finer < coarsestOther ? coarsestOther + 1e-5 : finer;
  return mapAxes(median, (size, axis) => (axis === worst ? held : size));
}

/** As long in millimetres each way, of the crop's voxels; what a short axis leaves goes to the others. */
function cropWithin(limit: Shape3, spacing: Spacing3): Shape3 {
  if (volumeOf(limit) <= CROP_VOXELS) return limit;
  let length = 0;
  const extentAt = (millimetres: number) =>
    zipAxes(limit, spacing, (most, size) =>
      Math.max(1, Math.min(most, Math.round(millimetres / size))),
    );
  // Doubling, then halving the rest: the volume of the crop only grows with its length.
  for (let step = 2 ** 12; step > 0.25; step /= 2) {
    if (volumeOf(extentAt(length + step)) <= CROP_VOXELS) length += step;
  }
  return extentAt(length);
}

/** Powers of two up to 16, about as long in millimetres each way; smaller for small crops. */
function proposePatchSize(crop: Shape3, spacing: Spacing3): Shape3 {
  const finest = Math.min(...spacing);
  const longest = Math.max(...crop);
  const size = longest >= 72 ? 16 : longest >= 24 ? 8 : 4;
  return mapAxes(spacing, (millimetres) =>
    Math.min(size, Math.max(1, 2 ** Math.round(Math.log2((size * finest) / millimetres)))),
  );
}

function percentile(values: readonly number[], percent: number): number {
  return percentilesOfSorted(Float64Array.from(values).sort(), [percent])[0];
}
