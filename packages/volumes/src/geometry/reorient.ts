import type { Volume, VoxelArray } from '@voxmim/core';

import { SpatialTransform } from './spatial-transform.js';

/**
 * Permutes and flips axes until the grid has the given axis codes. No interpolation: every voxel
 * keeps its value and its place in the world. Returns the volume itself when nothing changes.
 *
 * @param codes such as `RAS`; see `axisCodes`
 * @throws `INVALID_CONFIG`
 */
export function reorient<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  codes: string,
): Volume<Voxels> {
  return SpatialTransform.of(volume).reoriented(codes).apply(volume, 'nearest');
}
