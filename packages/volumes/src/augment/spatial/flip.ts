import type { Random } from '@voxmim/core';
import * as z from 'zod';

import { probability } from '../draw.js';
import type { Flips } from './symmetry.js';

const AXES = ['depth', 'height', 'width'] as const;

/** Mirroring. Source: arXiv:2204.11716's code, `RandFlip` of each axis with probability 0.1. */
export const FlipConfig = z.strictObject({
  probability: probability.default(0.1).describe('For each axis by itself.'),
  axes: z
    .array(z.enum(AXES))
    .readonly()
    .default(AXES)
    .describe('Axes that may be mirrored; leave out width where left and right are classes.'),
});
export type FlipConfig = z.infer<typeof FlipConfig>;

export function drawFlips({ probability, axes }: FlipConfig, random: Random): Flips {
  const [depth, height, width] = AXES.map(
    (axis) => random.uniform() < probability && axes.includes(axis),
  );
  return [depth, height, width];
}
