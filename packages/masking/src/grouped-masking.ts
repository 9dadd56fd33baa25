import {
  permutation,
  shape3,
  tile,
  volumeOf,
  zipAxes,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
  type Shape3,
} from '@voxmim/core';
import * as z from 'zod';

import { maskRatio, ratioAt } from './mask-ratio.js';

/** Config of {@link groupedMasking}. */
export const GroupedMaskingConfig = z.strictObject({
  maskRatio: maskRatio.default(0.6),
  maskPatchSize: shape3
    .default([32, 32, 32])
    .describe('Voxels [D, H, W] of a mask patch: a multiple of the token, dividing the input.'),
});
export type GroupedMaskingConfig = z.infer<typeof GroupedMaskingConfig>;

/**
 * Hides random boxes of tokens: mask patches of `maskPatchSize` voxels that tile the input. The
 * paper's "masked patch size".
 *
 * `ceil(n · maskRatio)` of the n mask patches are hidden, but at least one stays visible.
 *
 * Source: Xie et al., arXiv:2111.09886; `MaskGenerator` in microsoft/SimMIM.
 *
 * @returns a strategy whose `sample` throws `SHAPE_MISMATCH` when mask patches are no multiple of
 *   the token or do not tile the grid
 */
export function groupedMasking(config: GroupedMaskingConfig): MaskStrategy {
  return {
    name: 'grouped',
    sample({ gridShape, patchSize, random, progress }: MaskContext) {
      const groupShape = tile(config.maskPatchSize, patchSize);
      const coarseShape = tile(gridShape, groupShape);
      const groups = volumeOf(coarseShape);
      const coarse = new Uint8Array(groups);
      const hidden = hiddenCount(groups, ratioAt(config.maskRatio, progress));
      for (const id of permutation(groups, random).subarray(0, hidden)) coarse[id] = 1;
      return expand(coarse, coarseShape, gridShape);
    },
  };
}

/** {@link groupedMasking} under the name `grouped`. */
export const groupedMaskingDefinition: ComponentDefinition<
  typeof GroupedMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'grouped', config: GroupedMaskingConfig, create: groupedMasking };

/** How many of `groups` SimMIM hides; a product just above a whole number counts as it. */
function hiddenCount(groups: number, ratio: number): number {
  return Math.min(Math.max(Math.ceil(groups * ratio - 1e-9 * groups), 1), Math.max(groups - 1, 1));
}

function expand(coarse: Uint8Array, coarseShape: Shape3, gridShape: Shape3): Uint8Array {
  const [depth, height, width] = zipAxes(gridShape, coarseShape, (extent, count) => extent / count);
  const [, gridHeight, gridWidth] = gridShape;
  return Uint8Array.from({ length: volumeOf(gridShape) }, (_, id) => {
    const d = Math.floor(id / (gridHeight * gridWidth) / depth);
    const h = Math.floor((Math.floor(id / gridWidth) % gridHeight) / height);
    const w = Math.floor((id % gridWidth) / width);
    return coarse[(d * coarseShape[1] + h) * coarseShape[2] + w] ?? 0;
  });
}
