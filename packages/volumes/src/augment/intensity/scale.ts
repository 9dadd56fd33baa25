import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawSymmetric, probability } from '../draw.js';
import { mapLinear } from './channel.js';

/** Multiplies by a factor near 1. Source: MONAI `RandScaleIntensity`. */
export const ScaleConfig = z.strictObject({
  probability: probability.default(0).describe('Of a scaling.'),
  factor: z.number().min(0).default(0.1).describe('Largest change, as a share of the intensity.'),
});
export type ScaleConfig = z.infer<typeof ScaleConfig>;

export function scale(
  image: Volume<Float32Array>,
  channel: number,
  { factor }: ScaleConfig,
  random: Random,
): void {
  mapLinear(image, channel, { factor: 1 + drawSymmetric(factor, random) });
}
