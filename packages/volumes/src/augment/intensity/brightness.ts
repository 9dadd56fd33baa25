import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';
import { mapLinear } from './channel.js';

/** Multiplies by a factor from a range. Source: nnU-Net `MultiplicativeBrightnessTransform`. */
export const BrightnessConfig = z.strictObject({
  probability: probability.default(0).describe('Of a change of brightness.'),
  factor: rangeWithin(0).default([0.75, 1.25]).describe('Range of the factor.'),
});
export type BrightnessConfig = z.infer<typeof BrightnessConfig>;

export function brightness(
  image: Volume<Float32Array>,
  channel: number,
  { factor }: BrightnessConfig,
  random: Random,
): void {
  mapLinear(image, channel, { factor: drawFrom(factor, random) });
}
