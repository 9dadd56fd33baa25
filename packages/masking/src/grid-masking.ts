import {
  volumeOf,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
  type Shape3,
} from '@voxmim/core';
import * as z from 'zod';

/** Config of {@link gridMasking}. */
export const GridMaskingConfig = z.strictObject({
  period: z
    .int()
    .min(2)
    .default(2)
    .describe('Every period-th token along each axis stays visible: 1 / period³ of them.'),
});
export type GridMaskingConfig = z.infer<typeof GridMaskingConfig>;

/**
 * Keeps a regular lattice of tokens and hides the rest: 87.5 % at period 2. The easiest task there
 * is, as every hidden token has visible neighbours; the same for every sample.
 *
 * Source: the "grid" sampling of He et al., arXiv:2111.06377, figure 6, one axis more.
 */
export function gridMasking({ period }: GridMaskingConfig): MaskStrategy {
  return {
    name: 'grid',
    sample({ gridShape }: MaskContext) {
      const visible = (id: number) => cellOf(id, gridShape).every((at) => at % period === 0);
      return Uint8Array.from({ length: volumeOf(gridShape) }, (_, id) => +!visible(id));
    },
  };
}

/** {@link gridMasking} under the name `grid`. */
export const gridMaskingDefinition: ComponentDefinition<
  typeof GridMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'grid', config: GridMaskingConfig, create: gridMasking };

function cellOf(id: number, [, height, width]: Shape3): Shape3 {
  return [Math.floor(id / (height * width)), Math.floor(id / width) % height, id % width];
}
