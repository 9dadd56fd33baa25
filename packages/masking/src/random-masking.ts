import {
  permutation,
  volumeOf,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
} from '@voxmim/core';
import * as z from 'zod';

import { maskRatio, ratioAt } from './mask-ratio.js';

/** Config of {@link randomMasking}. */
export const RandomMaskingConfig = z.strictObject({ maskRatio: maskRatio.default(0.75) });
export type RandomMaskingConfig = z.infer<typeof RandomMaskingConfig>;

/**
 * Hides a uniformly random share of the tokens of each sample.
 *
 * `floor(L · (1 - maskRatio))` tokens stay visible, but at least one does and at least one is
 * hidden.
 *
 * Source: He et al., arXiv:2111.06377, section 3; `random_masking` in facebookresearch/mae.
 */
export function randomMasking(config: RandomMaskingConfig): MaskStrategy {
  return {
    name: 'random',
    sample({ gridShape, random, progress }: MaskContext) {
      const tokens = volumeOf(gridShape);
      const hidden = new Uint8Array(tokens).fill(1);
      const visible = visibleCount(tokens, ratioAt(config.maskRatio, progress));
      for (const id of permutation(tokens, random).subarray(0, visible)) hidden[id] = 0;
      return hidden;
    },
  };
}

/** {@link randomMasking} under the name `random`. */
export const randomMaskingDefinition: ComponentDefinition<
  typeof RandomMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'random', config: RandomMaskingConfig, create: randomMasking };

/** How many of `tokens` MAE keeps; the product is rounded first where a double falls just short. */
export function visibleCount(tokens: number, ratio: number): number {
  const exact = tokens * (1 - ratio);
  const rounded = Math.round(exact);
  const floor = Math.abs(exact - rounded) < 1e-9 * tokens ? rounded : Math.floor(exact);
  return Math.min(Math.max(floor, 1), tokens - 1);
}
