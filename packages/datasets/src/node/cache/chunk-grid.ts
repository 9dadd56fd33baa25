import { mapAxes, type Shape3, zipAxes } from '@voxmim/core';

import type { Box } from '@voxmim/volumes';

/** Chunks have about this extent: a crop of 96 voxels then reads little that it does not need. */
const CHUNK_EXTENT = 32;

/** How a volume is cut into chunks. Those at the far ends may be smaller. */
export interface ChunkGrid {
  readonly volume: Shape3;
  readonly chunk: Shape3;
  /** Chunks along each axis. */
  readonly counts: Shape3;
}

/** Cuts a volume into near-equal chunks. */
export function chunkGrid(volume: Shape3): ChunkGrid {
  const chunk = mapAxes(volume, (extent) =>
    Math.ceil(extent / Math.max(1, Math.round(extent / CHUNK_EXTENT))),
  );
  const counts = zipAxes(volume, chunk, (extent, size) => Math.ceil(extent / size));
  return { volume, chunk, counts };
}

/** The voxels of a chunk. */
export function chunkBox({ volume, chunk, counts }: ChunkGrid, index: number): Box {
  const place = [
    Math.floor(index / (counts[1] * counts[2])),
    Math.floor(index / counts[2]) % counts[1],
    index % counts[2],
  ];
  const [d, h, w] = mapAxes(chunk, (size, axis) => place[axis] * size);
  const shape = mapAxes(volume, (extent, axis) => Math.min(chunk[axis], extent - [d, h, w][axis]));
  return { origin: [d, h, w], shape };
}

/** The chunks that a box touches, in order. */
export function chunksUnder(
  { volume, chunk, counts }: ChunkGrid,
  { origin, shape }: Box,
): number[] {
  const first = mapAxes(chunk, (size, axis) => Math.floor(Math.max(origin[axis], 0) / size));
  const last = mapAxes(chunk, (size, axis) =>
    Math.floor((Math.min(origin[axis] + shape[axis], volume[axis]) - 1) / size),
  );
  const indices: number[] = [];
  for (let d = first[0]; d <= last[0]; d++) {
    for (let h = first[1]; h <= last[1]; h++) {
      for (let w = first[2]; w <= last[2]; w++) indices.push((d * counts[1] + h) * counts[2] + w);
    }
  }
  return indices;
}
