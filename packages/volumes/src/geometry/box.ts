import { type Shape3, type Vector3, type Volume, volumeOf, type VoxelArray } from '@voxmim/core';

import { allocateLike } from './allocate.js';
import { croppedGrid } from './grid.js';

/** A box of voxels: the first one, and how many there are along each axis. */
export interface Box {
  readonly origin: Vector3;
  readonly shape: Shape3;
}

/** Cuts a box out of a volume. It may reach beyond the volume: `outside` stands there, one for each channel. */
export function cropBox<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  { origin, shape }: Box,
  outside: readonly number[] = [],
): Volume<Voxels> {
  const { channels } = volume;
  const data = allocateLike(volume.data, volumeOf(shape) * channels);
  outside.forEach((value, channel) => {
    if (value === 0) return;
    for (let index = channel; index < data.length; index += channels) data[index] = value;
  });
  copyOverlap(volume, origin, shape, data);
  return { data, shape, channels, affine: croppedGrid(volume, { origin, shape }).affine };
}

/**
 * The smallest box that holds every voxel where `isForeground` holds; undefined without any. Each row
 * is read inward from both ends, no further than it can widen the box.
 */
export function boundingBox(
  { data, shape, channels }: Volume,
  isForeground: (value: number, channel: number) => boolean,
): Box | undefined {
  const [depth, height, width] = shape;
  const low = [depth, height, width];
  const high = [-1, -1, -1];
  for (let row = 0; row < depth * height; row++) {
    const start = row * width * channels;
    const holds = (value: number, index: number) => isForeground(value, index % channels);
    const found = firstWhere(data, start, start + width * channels, holds);
    if (found < 0) continue;
    const [d, h, w] = [
      Math.floor(row / height),
      row % height,
      Math.floor((found - start) / channels),
    ];
    const widest = Math.max(w, high[2]);
    const last = lastWhere(data, start + (widest + 1) * channels, start + width * channels, holds);
    low[0] = Math.min(low[0], d);
    low[1] = Math.min(low[1], h);
    low[2] = Math.min(low[2], w);
    high[0] = d;
    high[1] = Math.max(high[1], h);
    high[2] = last < 0 ? widest : Math.floor((last - start) / channels);
  }
  if (high[0] < 0) return undefined;
  const extent = (axis: number) => high[axis] - low[axis] + 1;
  return { origin: [low[0], low[1], low[2]], shape: [extent(0), extent(1), extent(2)] };
}

function firstWhere(
  data: VoxelArray,
  from: number,
  end: number,
  holds: (value: number, index: number) => boolean,
): number {
  for (let index = from; index < end; index++) if (holds(data[index], index)) return index;
  return -1;
}

function lastWhere(
  data: VoxelArray,
  from: number,
  end: number,
  holds: (value: number, index: number) => boolean,
): number {
  for (let index = end - 1; index >= from; index--) if (holds(data[index], index)) return index;
  return -1;
}

/** The box that holds all of `shape` and is at least `least`, the volume in its middle. */
export function paddedBox(shape: Shape3, least: Shape3): Box {
  const extent = (axis: 0 | 1 | 2) => Math.max(shape[axis], least[axis]);
  const start = (axis: 0 | 1 | 2) => 0 - Math.floor((extent(axis) - shape[axis]) / 2);
  return { origin: [start(0), start(1), start(2)], shape: [extent(0), extent(1), extent(2)] };
}

/** Copies what a volume and a box in its voxels share to the box's own array. */
export function copyOverlap(
  { data, shape: from, channels }: Pick<Volume, 'data' | 'shape' | 'channels'>,
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
