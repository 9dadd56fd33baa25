import { extent } from '@voxmim/core';
import * as z from 'zod';

/** Options of an `UpernetHead`. */
export const UpernetConfig = z
  .strictObject({
    channels: extent
      .default(192)
      .describe(
        'Width of every map of the head; MIM-Med3D: 192 on Swin-T, 256 on Swin-B, 64 on VAN.',
      ),
    poolScales: z
      .array(extent)
      .min(1)
      .readonly()
      .default([1, 2, 4, 6])
      .describe('Boxes per axis that pyramid pooling averages the deepest level in.'),
    channelsPerGroup: z
      .int()
      .min(2)
      .default(16)
      .describe('Channels that are normalized together; must divide channels.'),
    cascaded: z
      .boolean()
      .default(true)
      .describe(
        'Whether each level receives all deeper ones (UPerNet) or only the next (MIM-Med3D).',
      ),
    dropRate: z
      .number()
      .min(0)
      .lt(1)
      .default(0.1)
      .describe('Share of channels dropped before the scores, in training.'),
    deepSupervision: z
      .boolean()
      .default(false)
      .describe('In training, also score the coarser levels of the pyramid but the deepest.'),
  })
  .refine(({ channels, channelsPerGroup }) => channels % channelsPerGroup === 0, {
    path: ['channelsPerGroup'],
    error: 'channelsPerGroup must divide channels',
  });
export type UpernetConfig = z.infer<typeof UpernetConfig>;
