import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawSymmetric, probability } from '../draw.js';
import { mapLinear } from './channel.js';

/** Adds a constant. Source: arXiv:2204.11716's code, `RandShiftIntensity(offsets=0.1, prob=0.5)`. */
export const ShiftConfig = z.strictObject({
  probability: probability.default(0.5).describe('Of a shift.'),
  offset: z.number().min(0).default(0.1).describe('Largest shift, in normalized intensity.'),
});
export type ShiftConfig = z.infer<typeof ShiftConfig>;

export function shift(
  image: Volume<Float32Array>,
  channel: number,
  { offset }: ShiftConfig,
  random: Random,
): void {
  mapLinear(image, channel, { offset: drawSymmetric(offset, random) });
}
