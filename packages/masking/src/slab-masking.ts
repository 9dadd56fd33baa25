import {
  volumeOf,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
} from '@voxmim/core';
import * as z from 'zod';

import { exactly } from './exact-count.js';
import { maskRatio, ratioAt } from './mask-ratio.js';

const axes = ['depth', 'height', 'width'] as const;

/** Config of {@link slabMasking}. */
export const SlabMaskingConfig = z.strictObject({
  maskRatio: maskRatio.default(0.5),
  axis: z.enum(axes).default('depth').describe('The axis that the slab lies across.'),
});
export type SlabMaskingConfig = z.infer<typeof SlabMaskingConfig>;

/**
 * Hides one slab of consecutive layers across an axis, at a random place: what is missing between
 * two slices of a scan. It is `round(extent · maskRatio)` layers thick.
 */
export function slabMasking({ maskRatio, axis }: SlabMaskingConfig): MaskStrategy {
  const along = axes.indexOf(axis);
  return {
    name: 'slab',
    sample({ gridShape, random, progress }: MaskContext) {
      const extent = gridShape[along] ?? 1;
      const step = gridShape.slice(along + 1).reduce((product, length) => product * length, 1);
      const thickness = exactly(extent, ratioAt(maskRatio, progress));
      const start = random.integer(extent - thickness + 1);
      return Uint8Array.from({ length: volumeOf(gridShape) }, (_, id) => {
        const layer = Math.floor(id / step) % extent;
        return +(layer >= start && layer < start + thickness);
      });
    },
  };
}

/** {@link slabMasking} under the name `slab`. */
export const slabMaskingDefinition: ComponentDefinition<
  typeof SlabMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'slab', config: SlabMaskingConfig, create: slabMasking };
