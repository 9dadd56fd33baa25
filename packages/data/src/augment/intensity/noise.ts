import type { Random, Volume } from '@voxmim/core';
import { z } from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';

/** Adds independent normal numbers. Source: MONAI `RandGaussianNoise`. */
export const NoiseConfig = z.strictObject({
  probability: probability.default(0).describe('Of Gaussian noise.'),
  deviation: rangeWithin(0)
    .default([0, 0.1])
    .describe('Range of its standard deviation, in normalized intensity.'),
});
export type NoiseConfig = z.infer<typeof NoiseConfig>;

export function noise(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  { deviation }: NoiseConfig,
  random: Random,
): void {
  const size = drawFrom(deviation, random);
  for (let index = channel; index < data.length; index += channels) {
    data[index] += random.normal() * size;
  }
}
