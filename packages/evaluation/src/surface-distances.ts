import type { Shape3, Spacing3 } from '@voxmim/core';

import { DistanceField } from './distance-field.js';

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
 *
 * @param mask `[D, H, W]`; anything but 0 is inside
 * @returns their indices into `mask`, ascending
 */
export function surfaceVoxels(mask: Uint8Array, [depth, height, width]: Shape3): Int32Array {
  const plane = height * width;
  let found = new Int32Array(1024);
  let count = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      // A row at the border of the array has no interior.
      const isBorder = d === 0 || d === depth - 1 || h === 0 || h === height - 1;
      const start = d * plane + h * width;
      if (count + width > found.length) found = grown(found, count + width);
      for (let w = 0; w < width; w++) {
        const index = start + w;
        if (mask[index] === 0) continue;
        const isInterior =
          !isBorder &&
          w > 0 &&
          w < width - 1 &&
          mask[index - 1] !== 0 &&
          mask[index + 1] !== 0 &&
          mask[index - width] !== 0 &&
          mask[index + width] !== 0 &&
          mask[index - plane] !== 0 &&
          mask[index + plane] !== 0;
        if (!isInterior) found[count++] = index;
      }
    }
  }
  return found.slice(0, count);
}

/**
 * Surface distances in both directions. Where the other mask is empty, every distance is infinite.
 *
 * @param predicted `[D, H, W]`; anything but 0 is inside
 * @param truth `[D, H, W]`
 * @param spacing millimetres per voxel
 * @param field memory to use again, when many masks are measured
 */
export function surfaceDistances(
  predicted: Uint8Array,
  truth: Uint8Array,
  shape: Shape3,
  spacing: Spacing3,
  field: DistanceField = new DistanceField(),
): SurfaceDistances {
  const found = surfaceVoxels(predicted, shape);
  const wanted = surfaceVoxels(truth, shape);
  field.fill(wanted, shape, spacing);
  const fromPrediction = field.at(found);
  field.fill(found, shape, spacing);
  return { fromPrediction, fromTruth: field.at(wanted) };
}

function grown(list: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, 2 * list.length));
  larger.set(list);
  return larger;
}
