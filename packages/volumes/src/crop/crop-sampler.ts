import {
  type CropBalance,
  type Random,
  type Shape3,
  type Vector3,
  type Volume,
  zipAxes,
} from '@voxmim/core';

import type { Box } from '../geometry/box.js';
import {
  countOf,
  isOfKind,
  rowOfRank,
  takeCensus,
  type VoxelCensus,
  type VoxelKind,
} from './voxel-census.js';

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

/**
 * A crop moved at random by at most `most` voxels an axis, within the volume; not at all along an axis
 * that is no longer than the crop.
 *
 * @param most whole numbers
 */
export function movedCrop(box: Box, volume: Shape3, most: Shape3, random: Random): Box {
  const moved = (axis: 0 | 1 | 2) => {
    const [start, last] = [box.origin[axis], volume[axis] - box.shape[axis]];
    if (last <= 0) return start;
    const least = Math.max(0, start - most[axis]);
    return least + random.integer(Math.min(last, start + most[axis]) - least + 1);
  };
  return { origin: [moved(0), moved(1), moved(2)], shape: box.shape };
}

/**
 * Crops centered on a labeled voxel or on background, in the given proportion; the center moves
 * where the crop would leave the volume. Where one kind of voxel is missing, the other serves.
 *
 * Source: MONAI `RandCropByPosNegLabel`; background counts where the image is not air, which MONAI takes
 * to be 0 or less whatever the intensities are.
 *
 * @param air the value of air in the first channel, as `preprocess` tells it
 */
export function balancedCrops(
  image: Volume<Float32Array>,
  labels: Volume<Uint8Array>,
  crop: Shape3,
  balance: CropBalance,
  air = 0,
): CropSampler {
  const census = takeCensus(image, labels, air);
  const uniform = uniformCrops(image.shape, crop);
  const width = image.shape[2];
  return (random) => {
    const center = drawCenter(census, balance, random);
    if (!center) return uniform(random);
    const start = center.row * width;
    const column = columnOfRank(
      center,
      labels.data.subarray(start, start + width),
      image.data.subarray(start * image.channels, (start + width) * image.channels),
      air,
    );
    return boxAround(center.row, column, image.shape, crop);
  };
}

/** The voxel that a crop will be centered on, as its rank among those of its kind in a row. */
export interface CropCenter {
  readonly kind: VoxelKind;
  readonly row: number;
  readonly rank: number;
}

/** Draws a center; undefined where the volume has voxels of neither kind. */
export function drawCenter(
  census: VoxelCensus,
  { positive, negative }: CropBalance,
  random: Random,
): CropCenter | undefined {
  const wantsOrgan = random.uniform() * (positive + negative) < positive;
  const wanted: VoxelKind = wantsOrgan ? 'organs' : 'background';
  const other: VoxelKind = wantsOrgan ? 'background' : 'organs';
  const kind = countOf(census[wanted]) > 0 ? wanted : other;
  const count = countOf(census[kind]);
  if (count === 0) return undefined;
  return { kind, ...rowOfRank(census[kind], random.integer(count)) };
}

/** The column of a center, from the labels and voxels of its row. */
export function columnOfRank(
  { kind, rank }: CropCenter,
  labels: Uint8Array,
  voxels: Float32Array,
  air: number,
): number {
  const channels = voxels.length / labels.length;
  let seen = -1;
  for (let w = 0; w < labels.length; w++) {
    if (isOfKind(kind, labels[w], voxels[w * channels], air)) seen += 1;
    if (seen === rank) return w;
  }
  return labels.length - 1;
}

/** The crop around a voxel, moved into the volume. */
export function boxAround(
  row: number,
  column: number,
  [depth, height, width]: Shape3,
  crop: Shape3,
): Box {
  const center: Vector3 = [Math.floor(row / height), row % height, column];
  const start = (axis: 0 | 1 | 2, extent: number) =>
    extent <= crop[axis]
      ? centered(extent, crop[axis])
      : Math.min(Math.max(center[axis] - Math.floor(crop[axis] / 2), 0), extent - crop[axis]);
  return { origin: [start(0, depth), start(1, height), start(2, width)], shape: crop };
}

function centered(extent: number, size: number): number {
  return 0 - Math.floor((size - extent) / 2);
}
