import type { Affine, Random } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';

/** One magnification of all axes; the crop keeps its shape. Source: MONAI `RandZoom`. */
export const ZoomConfig = z.strictObject({
  probability: probability.default(0).describe('Of a zoom.'),
  factor: rangeWithin(0.1, 10)
    .default([0.9, 1.1])
    .describe('Range of the magnification; above 1 enlarges.'),
});
export type ZoomConfig = z.infer<typeof ZoomConfig>;

/** Takes offsets from the center after the zoom to those before it. */
export function drawZoom({ factor }: ZoomConfig, random: Random): Affine {
  const shrink = 1 / drawFrom(factor, random);
  return [
    [shrink, 0, 0, 0],
    [0, shrink, 0, 0],
    [0, 0, shrink, 0],
  ];
}
