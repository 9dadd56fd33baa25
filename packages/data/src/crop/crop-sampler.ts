import { type Random, type Shape3, type Vector3, type Volume, zipAxes } from '@voxmim/core';

import type { Box } from '../geometry/box.js';

/** Draws the place of a crop. */
export type CropSampler = (random: Random) => Box;

/**
 * Crops at uniformly random places. Along an axis shorter than the crop, the volume is centered.
 *
 * Source: MONAI `RandSpatialCrop(random_size=False)`.
 */
export function uniformCrops(volume: Shape3, crop: Shape3): CropSampler {
  return (random) => {
    const [d, h, w] = zipAxes(volume, crop, (extent, size) =>
      extent > size ? random.integer(extent - size + 1) : centered(extent, size),
    );
    return { origin: [d, h, w], shape: crop };
  };
}

/** How often a balanced crop is centered on an organ. */
export interface CropBalance {
  /** Weight of crops centered on a voxel of any class but background. */
  readonly positive: number;
  /** Weight of crops centered on background within the body. */
  readonly negative: number;
}

/**
 * Crops centered on a labeled voxel or on background, in the given proportion; the center moves
 * where the crop would leave the volume. Where one kind of voxel is missing, the other serves.
 *
 * Source: MONAI `RandCropByPosNegLabel`; background is where the image is above `imageThreshold`.
 */
export function balancedCrops(
  image: Volume<Float32Array>,
  labels: Volume<Uint8Array>,
  crop: Shape3,
  { positive, negative }: CropBalance,
  imageThreshold = 0,
): CropSampler {
  const organs = indicesWhere(labels.data, (label) => label > 0);
  const background = indicesWhere(
    labels.data,
    (label, index) => label === 0 && image.data[index * image.channels] > imageThreshold,
  );
  const uniform = uniformCrops(image.shape, crop);
  return (random) => {
    const wantsOrgan = random.uniform() * (positive + negative) < positive;
    const [first, second] = wantsOrgan ? [organs, background] : [background, organs];
    const candidates = first.length > 0 ? first : second;
    if (candidates.length === 0) return uniform(random);
    const index = candidates[random.integer(candidates.length)];
    return { origin: originAround(index, image.shape, crop), shape: crop };
  };
}

function originAround(index: number, [depth, height, width]: Shape3, crop: Shape3): Vector3 {
  const center: Vector3 = [
    Math.floor(index / (height * width)),
    Math.floor(index / width) % height,
    index % width,
  ];
  const start = (axis: 0 | 1 | 2, extent: number) =>
    extent <= crop[axis]
      ? centered(extent, crop[axis])
      : Math.min(Math.max(center[axis] - Math.floor(crop[axis] / 2), 0), extent - crop[axis]);
  return [start(0, depth), start(1, height), start(2, width)];
}

function centered(extent: number, size: number): number {
  return 0 - Math.floor((size - extent) / 2);
}

function indicesWhere(
  labels: Uint8Array,
  holds: (label: number, index: number) => boolean,
): Int32Array {
  let count = 0;
  for (let index = 0; index < labels.length; index++) if (holds(labels[index], index)) count += 1;
  const indices = new Int32Array(count);
  let next = 0;
  for (let index = 0; index < labels.length; index++) {
    if (holds(labels[index], index)) indices[next++] = index;
  }
  return indices;
}
