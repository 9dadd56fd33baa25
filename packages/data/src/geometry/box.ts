import {
  type Affine,
  type Shape3,
  transformPoint,
  type Vector3,
  type Volume,
  volumeOf,
  type VoxelArray,
} from '@voxmim/core';

import { allocateLike } from './allocate.js';

/** A box of voxels: the first one, and how many there are along each axis. */
export interface Box {
  readonly origin: Vector3;
  readonly shape: Shape3;
}

/** Cuts a box out of a volume. It may reach beyond the volume: `outside` stands there. */
export function cropBox<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  { origin, shape }: Box,
  outside = 0,
): Volume<Voxels> {
  const { channels } = volume;
  const data = allocateLike(volume.data, volumeOf(shape) * channels);
  if (outside !== 0) data.fill(outside);
  copyOverlap(volume, origin, shape, data);
  return { data, shape, channels, affine: shiftedAffine(volume.affine, origin) };
}

/** The smallest box that holds every voxel where `isForeground` holds; undefined without any. */
export function boundingBox(
  { data, shape, channels }: Volume,
  isForeground: (value: number) => boolean,
): Box | undefined {
  const [depth, height, width] = shape;
  const low = [depth, height, width];
  const high = [-1, -1, -1];
  let index = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        let isInside = false;
        for (let c = 0; c < channels; c++) isInside = isForeground(data[index++]) || isInside;
        if (!isInside) continue;
        if (d < low[0]) low[0] = d;
        if (h < low[1]) low[1] = h;
        if (w < low[2]) low[2] = w;
        if (d > high[0]) high[0] = d;
        if (h > high[1]) high[1] = h;
        if (w > high[2]) high[2] = w;
      }
    }
  }
  if (high[0] < 0) return undefined;
  const extent = (axis: number) => high[axis] - low[axis] + 1;
  return { origin: [low[0], low[1], low[2]], shape: [extent(0), extent(1), extent(2)] };
}

/** The box that holds all of `shape` and is at least `least`, the volume in its middle. */
export function paddedBox(shape: Shape3, least: Shape3): Box {
  const extent = (axis: 0 | 1 | 2) => Math.max(shape[axis], least[axis]);
  const start = (axis: 0 | 1 | 2) => 0 - Math.floor((extent(axis) - shape[axis]) / 2);
  return { origin: [start(0), start(1), start(2)], shape: [extent(0), extent(1), extent(2)] };
}

function copyOverlap(
  { data, shape: from, channels }: Volume,
  [originD, originH, originW]: Vector3,
  [depth, height, width]: Shape3,
  target: VoxelArray,
): void {
  const firstW = Math.max(0, -originW);
  const lastW = Math.min(width, from[2] - originW);
  if (lastW <= firstW) return;
  for (let d = Math.max(0, -originD); d < Math.min(depth, from[0] - originD); d++) {
    for (let h = Math.max(0, -originH); h < Math.min(height, from[1] - originH); h++) {
      const row = ((d + originD) * from[1] + h + originH) * from[2] + originW;
      const source = data.subarray((row + firstW) * channels, (row + lastW) * channels);
      target.set(source, ((d * height + h) * width + firstW) * channels);
    }
  }
}

function shiftedAffine(affine: Affine, origin: Vector3): Affine {
  const [x, y, z] = transformPoint(affine, origin);
  const [right, anterior, superior] = affine;
  return [
    [right[0], right[1], right[2], x],
    [anterior[0], anterior[1], anterior[2], y],
    [superior[0], superior[1], superior[2], z],
  ];
}
