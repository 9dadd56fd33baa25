import {
  mapAxes,
  volumeOf,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
  type Random,
  type Shape3,
} from '@voxmim/core';
import * as z from 'zod';

import { exactly } from './exact-count.js';
import { maskRatio, ratioAt } from './mask-ratio.js';

/** Config of {@link blockMasking}. */
export const BlockMaskingConfig = z.strictObject({
  maskRatio: maskRatio.default(0.5),
  maxShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Longest side of a block as a share of the grid, per axis.'),
});
export type BlockMaskingConfig = z.infer<typeof BlockMaskingConfig>;

/**
 * Hides random boxes until the ratio is reached, then frees random tokens of the last box so that
 * every sample hides `round(L · maskRatio)`.
 *
 * Source: the block-wise masking of BEiT, arXiv:2106.08254, one axis more and with an exact count.
 */
export function blockMasking({ maskRatio, maxShare }: BlockMaskingConfig): MaskStrategy {
  return {
    name: 'block',
    sample({ gridShape, random, progress }: MaskContext) {
      const wanted = exactly(volumeOf(gridShape), ratioAt(maskRatio, progress));
      const order: number[] = [];
      const seen = new Set<number>();
      while (order.length < wanted) {
        for (const id of shuffled(drawBox(gridShape, maxShare, random), random)) {
          if (!seen.has(id)) order.push(id);
          seen.add(id);
        }
      }
      const hidden = new Uint8Array(volumeOf(gridShape));
      for (const id of order.slice(0, wanted)) hidden[id] = 1;
      return hidden;
    },
  };
}

/** {@link blockMasking} under the name `block`. */
export const blockMaskingDefinition: ComponentDefinition<
  typeof BlockMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'block', config: BlockMaskingConfig, create: blockMasking };

/** The ids of a random box that lies within the grid. */
function drawBox(gridShape: Shape3, maxShare: number, random: Random): number[] {
  const size = mapAxes(gridShape, (extent) =>
    Math.max(1, 1 + random.integer(Math.max(1, Math.floor(extent * maxShare)))),
  );
  const box = mapAxes(size, (length, axis) => Math.min(length, gridShape[axis]));
  const start = mapAxes(gridShape, (extent, axis) => random.integer(extent - box[axis] + 1));
  const ids: number[] = [];
  for (let d = start[0]; d < start[0] + box[0]; d++) {
    for (let h = start[1]; h < start[1] + box[1]; h++) {
      for (let w = start[2]; w < start[2] + box[2]; w++) {
        ids.push((d * gridShape[1] + h) * gridShape[2] + w);
      }
    }
  }
  return ids;
}

function shuffled(ids: readonly number[], random: Random): number[] {
  return ids
    .map((id) => ({ id, rank: random.uniform() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ id }) => id);
}
