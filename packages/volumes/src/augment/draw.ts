import type { Random } from '@voxmim/core';
import * as z from 'zod';

/** How often a transform happens. */
export const probability = z.number().min(0).max(1);

/** A closed range that a strength is drawn from, uniformly. */
export type Range = readonly [number, number];

/** The schema of a {@link Range} within `[least, most]`. */
export function rangeWithin(least: number, most = Infinity) {
  const bound = z.number().min(least).max(most);
  return z
    .tuple([bound, bound])
    .readonly()
    .refine(([low, high]) => low <= high, 'expected the lower bound first');
}

export function drawFrom([low, high]: Range, random: Random): number {
  return low + (high - low) * random.uniform();
}

/** A number in `[-size, size)`. */
export function drawSymmetric(size: number, random: Random): number {
  return (random.uniform() * 2 - 1) * size;
}
