import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';
import { channelStatistics, mapLinear } from './channel.js';

/** Spreads intensities about their mean. Source: nnU-Net `ContrastTransform`. */
export const ContrastConfig = z.strictObject({
  probability: probability.default(0).describe('Of a change of contrast.'),
  factor: rangeWithin(0).default([0.75, 1.25]).describe('Range of the factor.'),
  preserveRange: z
    .boolean()
    .default(true)
    .describe('Whether to clip to the range that the crop had.'),
});
export type ContrastConfig = z.infer<typeof ContrastConfig>;

export function contrast(
  image: Volume<Float32Array>,
  channel: number,
  config: ContrastConfig,
  random: Random,
): void {
  const factor = drawFrom(config.factor, random);
  const { mean, lowest, highest } = channelStatistics(image, channel);
  const range = config.preserveRange ? { lowest, highest } : {};
  mapLinear(image, channel, { factor, offset: mean * (1 - factor), ...range });
}
