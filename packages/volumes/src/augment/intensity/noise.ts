import { fillNormal, type Random, type Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';

/** Adds independent normal numbers. Source: MONAI `RandGaussianNoise`. */
export const NoiseConfig = z.strictObject({
  probability: probability.default(0).describe('Of Gaussian noise.'),
  deviation: rangeWithin(0)
    .default([0, 0.1])
    .describe('Range of its standard deviation, in normalized intensity.'),
});
export type NoiseConfig = z.infer<typeof NoiseConfig>;

/** Numbers that are drawn together. */
const RUN = 4096;

export function noise(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  { deviation }: NoiseConfig,
  random: Random,
): void {
  const size = drawFrom(deviation, random);
  const normals = new Float32Array(Math.min(RUN, data.length / channels));
  for (let from = channel; from < data.length; from += RUN * channels) {
    const run = normals.subarray(0, (data.length - from + channel) / channels);
    fillNormal(run, random);
    for (let at = 0; at < run.length; at++) data[from + at * channels] += run[at] * size;
  }
}
