import { volumeOf, type Shape3 } from '@voxmim/core';

/** A crop of which a mask hides some voxels. */
export interface MaskedCrop {
  /** `[D, H, W, C]` */
  readonly voxels: Float32Array;
  readonly shape: Shape3;
  readonly channels: number;
  /** `[D, H, W]`; 1 is hidden. */
  readonly hidden: Uint8Array;
}

/**
 * Fills hidden voxels by linear interpolation along each axis between the nearest visible ones, the
 * axes weighted by how near these are: what a model must beat to have learned more than smoothness.
 * Beyond the last visible voxel of a line its value goes on. A voxel that sees no visible one along
 * any axis is filled from its filled neighbors, in as many passes as that takes.
 *
 * @returns `[D, H, W, C]`; visible voxels are the crop's own
 */
export function inpaintHidden(crop: MaskedCrop): Float32Array {
  const filled = Float32Array.from(crop.voxels);
  const missing = Uint8Array.from(crop.hidden);
  while (missing.includes(1)) {
    const found = lookAround({ ...crop, voxels: filled, hidden: missing });
    if (!found.weights.some((weight) => weight > 0)) return filled; // nothing is visible at all
    found.weights.forEach((weight, voxel) => {
      if (weight === 0) return;
      missing[voxel] = 0;
      for (let at = voxel * crop.channels; at < (voxel + 1) * crop.channels; at++)
        filled[at] = (found.sums[at] ?? 0) / weight;
    });
  }
  return filled;
}

/**
 * Fills hidden voxels with the mean of the visible ones of their channel.
 *
 * @returns `[D, H, W, C]`; visible voxels are the crop's own
 */
export function fillWithVisibleMean({ voxels, channels, hidden }: MaskedCrop): Float32Array {
  const sums = new Float64Array(channels);
  let visible = 0;
  hidden.forEach((flag, voxel) => {
    if (flag === 1) return;
    visible += 1;
    for (let c = 0; c < channels; c++)
      sums[c] = (sums[c] ?? 0) + (voxels[voxel * channels + c] ?? 0);
  });
  return voxels.map((value, at) =>
    hidden[Math.floor(at / channels)] === 1 ? (sums[at % channels] ?? 0) / visible : value,
  );
}

/** The mean absolute difference between `prediction` and the crop over hidden voxels. */
export function hiddenError(
  prediction: Float32Array,
  { voxels, channels, hidden }: MaskedCrop,
): number {
  let [total, count] = [0, 0];
  hidden.forEach((flag, voxel) => {
    if (flag === 0) return;
    count += channels;
    for (let at = voxel * channels; at < (voxel + 1) * channels; at++)
      total += Math.abs((prediction[at] ?? NaN) - (voxels[at] ?? NaN));
  });
  return total / count;
}

interface Found {
  /** Of the nearest visible values, each over its distance: `[D, H, W, C]`. */
  readonly sums: Float64Array;
  /** Of the reciprocal distances: `[D, H, W]`; 0 where nothing visible is in line. */
  readonly weights: Float64Array;
}

/** Walks every line of the volume both ways. Inverse distances along one axis interpolate linearly. */
function lookAround(crop: MaskedCrop): Found {
  const { shape, channels } = crop;
  const [depth, height, width] = shape;
  const found: Found = {
    sums: new Float64Array(volumeOf(shape) * channels),
    weights: new Float64Array(volumeOf(shape)),
  };
  const strides = [height * width, width, 1] as const;
  const walk = (start: number, axis: 0 | 1 | 2) => {
    const last = start + (shape[axis] - 1) * strides[axis];
    walkLine(crop, found, start, strides[axis], shape[axis]);
    walkLine(crop, found, last, -strides[axis], shape[axis]);
  };
  for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) walk(h * width + w, 0);
  for (let d = 0; d < depth; d++) for (let w = 0; w < width; w++) walk(d * height * width + w, 1);
  for (let row = 0; row < depth * height; row++) walk(row * width, 2);
  return found;
}

function walkLine(
  { voxels, channels, hidden }: MaskedCrop,
  { sums, weights }: Found,
  start: number,
  stride: number,
  length: number,
): void {
  let nearest = -1;
  let distance = 0;
  for (let step = 0, voxel = start; step < length; step++, voxel += stride) {
    distance += 1;
    if (hidden[voxel] === 0) {
      nearest = voxel;
      distance = 0;
    } else if (nearest >= 0) {
      weights[voxel] = (weights[voxel] ?? 0) + 1 / distance;
      for (let c = 0; c < channels; c++) {
        const at = voxel * channels + c;
        sums[at] = (sums[at] ?? 0) + (voxels[nearest * channels + c] ?? 0) / distance;
      }
    }
  }
}
