import type { Random, Volume } from '@voxmim/core';
import { z } from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';
import { channelStatistics, mapLinear } from './channel.js';

/** Raises intensities to a power within the range of the crop. Source: nnU-Net `GammaTransform`. */
export const GammaConfig = z.strictObject({
  probability: probability.default(0).describe('Of a gamma curve.'),
  exponent: rangeWithin(0.01, 100)
    .default([0.7, 1.5])
    .describe('Range of the exponent; below 1 brightens.'),
  invertProbability: probability
    .default(0.25)
    .describe('Of bending the inverted intensities, where a curve is drawn.'),
  retainStatistics: z
    .boolean()
    .default(true)
    .describe('Whether to restore mean and standard deviation after it.'),
});
export type GammaConfig = z.infer<typeof GammaConfig>;

export function gamma(
  image: Volume<Float32Array>,
  channel: number,
  config: GammaConfig,
  random: Random,
): void {
  const exponent = drawFrom(config.exponent, random);
  const isInverted = random.uniform() < config.invertProbability;
  bend(image, channel, exponent, { isInverted, retainStatistics: config.retainStatistics });
}

/** Source: MONAI `AdjustContrast(gamma, invert_image, retain_stats)`, the same to the number. */
export function bend(
  image: Volume<Float32Array>,
  channel: number,
  exponent: number,
  how: { readonly isInverted: boolean; readonly retainStatistics: boolean },
): void {
  const { data, channels } = image;
  const sign = how.isInverted ? -1 : 1;
  const { lowest, highest, mean, deviation } = channelStatistics(image, channel);
  const range = highest - lowest;
  if (range === 0) return;
  const zero = how.isInverted ? highest : lowest;
  for (let index = channel; index < data.length; index += channels) {
    const share = (sign * (data[index] - zero)) / range;
    data[index] = sign * range * share ** exponent + zero;
  }
  if (!how.retainStatistics) return;
  const bent = channelStatistics(image, channel);
  const factor = bent.deviation > 0 ? deviation / bent.deviation : 1;
  mapLinear(image, channel, { factor, offset: mean - bent.mean * factor });
}
