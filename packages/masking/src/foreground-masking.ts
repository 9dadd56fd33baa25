import {
  volumeOf,
  zipAxes,
  type ComponentDefinition,
  type MaskContext,
  type MaskStrategy,
} from '@voxmim/core';
import * as z from 'zod';

import { exactly } from './exact-count.js';
import { maskRatio, ratioAt } from './mask-ratio.js';

/** Config of {@link foregroundMasking}. */
export const ForegroundMaskingConfig = z.strictObject({
  maskRatio: maskRatio.default(0.75),
  threshold: z
    .number()
    .default(0)
    .describe('Voxels above this are foreground, in the units the model sees.'),
  preference: z
    .number()
    .min(0)
    .default(4)
    .describe('How much likelier a token full of foreground is hidden than an empty one.'),
});
export type ForegroundMaskingConfig = z.infer<typeof ForegroundMaskingConfig>;

/**
 * Hides tokens at random, those with anatomy in them preferably: in a scan that is mostly air, a
 * uniform mask mostly asks to predict air. `round(L · maskRatio)` are hidden whatever the image.
 *
 * Tokens are drawn without replacement with weight `1 + preference · share of foreground` (the
 * exponential-race method of Efraimidis & Spirakis, 2006).
 */
export function foregroundMasking(config: ForegroundMaskingConfig): MaskStrategy {
  return {
    name: 'foreground',
    sample(context: MaskContext) {
      const shares = foregroundShares(context, config.threshold);
      const arrival = Array.from(shares, (share, id) => ({
        id,
        time: -Math.log(1 - context.random.uniform()) / (1 + config.preference * share),
      }));
      arrival.sort((left, right) => left.time - right.time || left.id - right.id);
      const hidden = new Uint8Array(shares.length);
      const count = exactly(shares.length, ratioAt(config.maskRatio, context.progress));
      for (const { id } of arrival.slice(0, count)) hidden[id] = 1;
      return hidden;
    },
  };
}

/** {@link foregroundMasking} under the name `foreground`. */
export const foregroundMaskingDefinition: ComponentDefinition<
  typeof ForegroundMaskingConfig,
  undefined,
  MaskStrategy
> = { name: 'foreground', config: ForegroundMaskingConfig, create: foregroundMasking };

/** The share of each token's values, all channels, that lie above `threshold`. */
function foregroundShares(
  { gridShape, patchSize, voxels }: MaskContext,
  threshold: number,
): Float64Array {
  const [depth, height, width] = zipAxes(gridShape, patchSize, (extent, size) => extent * size);
  const channels = voxels.length / (depth * height * width);
  const shares = new Float64Array(volumeOf(gridShape));
  const weight = 1 / (volumeOf(patchSize) * channels);
  voxels.forEach((value, index) => {
    if (!(value > threshold)) return;
    const voxel = Math.floor(index / channels);
    const d = Math.floor(voxel / (height * width) / patchSize[0]);
    const h = Math.floor((Math.floor(voxel / width) % height) / patchSize[1]);
    const w = Math.floor((voxel % width) / patchSize[2]);
    const id = (d * gridShape[1] + h) * gridShape[2] + w;
    shares[id] = (shares[id] ?? 0) + weight;
  });
  return shares;
}
