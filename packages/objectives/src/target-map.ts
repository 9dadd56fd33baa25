import { tile, type EncoderGeometry, type Shape3 } from '@voxmim/core';
import type { Tensor5D } from '@tensorflow/tfjs-core';

import { gradientMap } from './gradient-map.js';
import { axisCount, orientationMap } from './orientation-map.js';
import type { Target } from './target.js';

/** What is predicted, as a map over the volume. */
export interface TargetMap {
  /** Whether it is the volume itself. */
  readonly isVoxels: boolean;
  /** Cells of the map per token, along each axis. */
  readonly cellsPerToken: Shape3;
  /** Numbers per cell. */
  readonly channels: number;
  /** @param volumes `[B, D, H, W, C]` @returns `[B, d, h, w, channels]` */
  of(volumes: Tensor5D): Tensor5D;
}

/** @throws `SHAPE_MISMATCH` when `hogCellSize` does not divide the tokens of the encoder */
export function targetMapOf(
  { target, hogCellSize }: Target,
  { patchSize, inChannels }: EncoderGeometry,
): TargetMap {
  if (target === 'voxels') {
    const own = { cellsPerToken: patchSize, channels: inChannels };
    return { isVoxels: true, ...own, of: (volumes) => volumes };
  }
  if (target === 'gradients') {
    const own = { cellsPerToken: patchSize, channels: 3 * inChannels };
    return { isVoxels: false, ...own, of: gradientMap };
  }
  const cellSize = hogCellSize ?? patchSize;
  return {
    isVoxels: false,
    cellsPerToken: tile(patchSize, cellSize),
    channels: axisCount * inChannels,
    of: (volumes) => orientationMap(volumes, cellSize),
  };
}
