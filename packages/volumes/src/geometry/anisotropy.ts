import type { Spacing3 } from '@voxmim/core';

/** Slices more than this many times as far apart as pixels are not interpolated between. */
const ANISOTROPY_THRESHOLD = 3;

/**
 * The axis across slices that lie too far apart to interpolate between them: the one axis of largest
 * spacing, where it is more than three times the smallest, before resampling or else after.
 *
 * Source: nnU-Net's `determine_do_sep_z_and_axis`.
 */
export function sliceAxis(current: Spacing3, target: Spacing3): 0 | 1 | 2 | undefined {
  const decisive = [current, target].find(
    (spacing) => Math.max(...spacing) / Math.min(...spacing) > ANISOTROPY_THRESHOLD,
  );
  if (!decisive) return undefined;
  const worst = Math.max(...decisive);
  const axes = ([0, 1, 2] as const).filter((axis) => decisive[axis] >= worst * (1 - 1e-6));
  return axes.length === 1 ? axes[0] : undefined;
}
