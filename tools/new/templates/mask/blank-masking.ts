import {
  permutation,
  volumeOf,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
} from '@voxmim/core';
import * as z from 'zod';

import { exactly } from './exact-count.js';
import { maskRatio, ratioAt } from './mask-ratio.js';

/** Config of {@link blankMasking}. */
export const BlankMaskingConfig = z.strictObject({ maskRatio: maskRatio.default(0.6) });
export type BlankMaskingConfig = z.infer<typeof BlankMaskingConfig>;

/** Hides `round(L · maskRatio)` tokens, any of them as likely as any other. */
export function blankMasking({ maskRatio }: BlankMaskingConfig): MaskStrategy {
  return {
    name: 'blank',
    sample({ gridShape, random, progress }: MaskContext) {
      const tokens = volumeOf(gridShape);
      const flags = new Uint8Array(tokens);
      const count = exactly(tokens, ratioAt(maskRatio, progress));
      for (const id of permutation(tokens, random).subarray(0, count)) flags[id] = 1;
      return flags;
    },
  };
}

/** {@link blankMasking} under the name `blank`. */
export const blankMaskingDefinition: ComponentDefinition<
  typeof BlankMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'blank', config: BlankMaskingConfig, create: blankMasking };
