import { fillUniform, type Random, type Volume } from '@voxmim/core';
import * as z from 'zod';

import { probability } from '../draw.js';
import { channelRange } from '../intensity/channel.js';
import { drawHoles, forEachGap, forEachRow, holeFields } from './hole.js';

/** One way of dropping out. */
export const CoarseDropoutVariant = z.strictObject({
  ...holeFields,
  drops: z.enum(['boxes', 'outside']).describe('What is replaced by noise: boxes, or all else.'),
});
export type CoarseDropoutVariant = z.infer<typeof CoarseDropoutVariant>;

/** The two ways of MONAI's self-supervised tutorial (ViTAutoEnc), for crops of 96³ voxels. */
export const tutorialDropouts = [
  { holes: 6, size: 5, maxSize: 32, drops: 'boxes' },
  { holes: 6, size: 20, maxSize: 64, drops: 'outside' },
] as const satisfies readonly CoarseDropoutVariant[];

/**
 * Replaces boxes, or all but boxes, by uniform noise within the range of the crop; labels stay.
 *
 * Source: MONAI `RandCoarseDropout`, and the defaults of its self-supervised tutorial (ViTAutoEnc),
 * which takes one of the two variants for each view.
 */
export const CoarseDropoutConfig = z.strictObject({
  probability: probability.default(0).describe('Of a dropout.'),
  variants: z
    .array(CoarseDropoutVariant)
    .min(1)
    .readonly()
    .default([...tutorialDropouts])
    .describe('One is drawn each time.'),
});
export type CoarseDropoutConfig = z.infer<typeof CoarseDropoutConfig>;

export function coarseDropout(
  image: Volume<Float32Array>,
  { variants }: CoarseDropoutConfig,
  random: Random,
): void {
  const variant = variants[random.integer(variants.length)];
  const { data, shape, channels } = image;
  const ranges = Array.from({ length: channels }, (_, channel) => channelRange(image, channel));
  const holes = drawHoles(variant, shape, random);
  const drop = (from: number, to: number) => fillWithin(data.subarray(from, to), ranges, random);
  if (variant.drops === 'outside') forEachGap(holes, shape, channels, drop);
  else for (const box of holes) forEachRow(box, shape, channels, drop);
}

/** Fills voxels with uniform noise, each channel within its range. */
function fillWithin(
  voxels: Float32Array,
  ranges: readonly { readonly lowest: number; readonly highest: number }[],
  random: Random,
): void {
  fillUniform(voxels, random);
  ranges.forEach(({ lowest, highest }, channel) => {
    const range = highest - lowest;
    for (let at = channel; at < voxels.length; at += ranges.length) {
      voxels[at] = lowest + range * voxels[at];
    }
  });
}
