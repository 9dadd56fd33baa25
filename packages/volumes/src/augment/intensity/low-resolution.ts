import {
  type Affine,
  composeAffines,
  type Random,
  type Vector3,
  type Volume,
  mapAxes,
  zipAxes,
} from '@voxmim/core';
import * as z from 'zod';

import { resample } from '../../geometry/resample.js';
import { drawFrom, probability, rangeWithin } from '../draw.js';

/**
 * Looks like a scan of larger voxels: the nearest voxels of a coarser grid, interpolated back.
 *
 * Source: nnU-Net `SimulateLowResolutionTransform`, MONAI `RandSimulateLowResolution`; the coarse
 * grid takes the voxel at its centers, and comes back linearly as in MONAI (cubic in nnU-Net).
 */
export const LowResolutionConfig = z.strictObject({
  probability: probability.default(0).describe('Of a loss of resolution.'),
  zoom: rangeWithin(0.05, 1)
    .default([0.5, 1])
    .describe('Range of the coarser size, as a share of the size of the crop.'),
});
export type LowResolutionConfig = z.infer<typeof LowResolutionConfig>;

/** All channels alike. */
export function lowerResolution(
  image: Volume<Float32Array>,
  { zoom }: LowResolutionConfig,
  random: Random,
): void {
  image.data.set(seenAt(image, drawFrom(zoom, random)).data);
}

/** `image` by way of a grid of `share` of its size, faces on faces. */
export function seenAt(image: Volume<Float32Array>, share: number): Volume<Float32Array> {
  const shape = mapAxes(image.shape, (extent) => Math.max(1, Math.round(extent * share)));
  const step = zipAxes(image.shape, shape, (extent, coarse) => extent / coarse);
  const affine = composeAffines(image.affine, facesOnFaces(step));
  return resample(resample(image, { shape, affine }, 'nearest'), image, 'linear');
}

function facesOnFaces([d, h, w]: Vector3): Affine {
  return [
    [d, 0, 0, (d - 1) / 2],
    [0, h, 0, (h - 1) / 2],
    [0, 0, w, (w - 1) / 2],
  ];
}
