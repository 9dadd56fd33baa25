import { type Shape3, type Spacing3, volumeOf } from '@voxmim/core';

import { distanceTransform } from './distance-transform.js';

/** Distances in millimetres between the surfaces of a prediction and its truth. */
export interface SurfaceDistances {
  /** From each surface voxel of the prediction to the surface of the truth. */
  readonly fromPrediction: Float64Array;
  /** From each surface voxel of the truth to the surface of the prediction. */
  readonly fromTruth: Float64Array;
}

/**
 * The surface voxels of a mask: those with a face neighbour outside it. What lies beyond the array is
 * outside.
 *
 * Source: MONAI `get_mask_edges` (mask minus its erosion by a cross).
 */
export function surfaceVoxels(mask: Uint8Array, [depth, height, width]: Shape3): Uint8Array {
  const surface = new Uint8Array(mask.length);
  const plane = height * width;
  let index = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++, index++) {
        if (!mask[index]) continue;
        const isInterior =
          d > 0 &&
          d < depth - 1 &&
          h > 0 &&
          h < height - 1 &&
          w > 0 &&
          w < width - 1 &&
          mask[index - plane] &&
          mask[index + plane] &&
          mask[index - width] &&
          mask[index + width] &&
          mask[index - 1] &&
          mask[index + 1];
        surface[index] = isInterior ? 0 : 1;
      }
    }
  }
  return surface;
}

/**
 * Surface distances in both directions. Where the other mask is empty, every distance is infinite.
 *
 * @param predicted `[D, H, W]` @param truth `[D, H, W]`
 */
export function surfaceDistances(
  predicted: Uint8Array,
  truth: Uint8Array,
  shape: Shape3,
  spacing: Spacing3,
): SurfaceDistances {
  if (volumeOf(shape) === 0) {
    return { fromPrediction: new Float64Array(0), fromTruth: new Float64Array(0) };
  }
  const found = surfaceVoxels(predicted, shape);
  const wanted = surfaceVoxels(truth, shape);
  return {
    fromPrediction: pick(distanceTransform(wanted, shape, spacing), found),
    fromTruth: pick(distanceTransform(found, shape, spacing), wanted),
  };
}

function pick(distances: Float64Array, where: Uint8Array): Float64Array {
  return distances.filter((_, index) => where[index]);
}
