import type { Random, Shape3 } from '@voxmim/core';
import * as z from 'zod';

import { probability } from '../draw.js';
import type { Flips, Symmetry } from './symmetry.js';

const PLANES = { heightWidth: [1, 2], depthWidth: [0, 2], depthHeight: [0, 1] } as const;

/**
 * Turns by 90, 180 or 270 degrees. Source: arXiv:2204.11716's code, `RandRotate90(prob=0.1, max_k=3)`
 * in the plane of the first two axes of a RAS volume, which here are width and height.
 */
export const Rotate90Config = z.strictObject({
  probability: probability.default(0.1).describe('Of a turn.'),
  planes: z
    .array(z.enum(['heightWidth', 'depthWidth', 'depthHeight']))
    .readonly()
    .default(['heightWidth'])
    .describe('Planes to turn in, one of them each time; those of unequal sides are left out.'),
});
export type Rotate90Config = z.infer<typeof Rotate90Config>;

/** `flips`, and a turn after them where one is drawn. */
export function drawTurn(
  { probability, planes }: Rotate90Config,
  shape: Shape3,
  flips: Flips,
  random: Random,
): Symmetry {
  const still = { flips, swap: undefined };
  const square = planes.map((plane) => PLANES[plane]).filter(([a, b]) => shape[a] === shape[b]);
  if (square.length === 0 || random.uniform() >= probability) return still;
  const plane = square[random.integer(square.length)];
  return turned(flips, plane, 1 + random.integer(3));
}

/** A turn by 90° is a transposition and one flip, by 180° two flips, by 270° the other flip. */
function turned(flips: Flips, plane: readonly [0 | 1, 1 | 2], turns: number): Symmetry {
  const all: [boolean, boolean, boolean] = [...flips];
  const [first, second] = plane;
  if (turns !== 3) all[first] = !all[first];
  if (turns !== 1) all[second] = !all[second];
  return { flips: all, swap: turns === 2 ? undefined : plane };
}
