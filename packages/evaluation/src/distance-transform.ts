import type { Shape3, Spacing3 } from '@voxmim/core';

import { DistanceField } from './distance-field.js';

/**
 * The exact Euclidean distance, in millimetres, from every voxel to the nearest set one.
 *
 * Cost: a few passes over the voxels, whatever the distances.
 *
 * Source: Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions", 2012; the numbers
 * are those of scipy's `distance_transform_edt(~mask, sampling=spacing)`, rounded to 32 bits.
 *
 * @param mask `[D, H, W]`; anything but 0 is set
 * @returns `[D, H, W]`; infinite everywhere when nothing is set
 */
export function distanceTransform(
  mask: Uint8Array,
  shape: Shape3,
  spacing: Spacing3,
): Float32Array {
  const field = new DistanceField();
  field.fill(setVoxels(mask), shape, spacing);
  return field.all();
}

function setVoxels(mask: Uint8Array): Int32Array {
  let count = 0;
  for (const voxel of mask) if (voxel) count += 1;
  const indices = new Int32Array(count);
  let item = 0;
  for (let index = 0; index < mask.length; index++) if (mask[index]) indices[item++] = index;
  return indices;
}
