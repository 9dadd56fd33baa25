import { spacing3 } from '@voxmim/core';
import * as z from 'zod';

const range = z.tuple([z.number(), z.number()]).readonly();

/** What the volumes were like that a model learned from, as they came from their files. */
export const TrainingData = z.strictObject({
  cases: z.int().min(1).describe('Training cases that were looked at.'),
  modalities: z
    .array(z.string())
    .readonly()
    .describe('As DICOM calls them, such as CT or MR; empty where nothing tells.'),
  spacing: z
    .tuple([spacing3, spacing3])
    .readonly()
    .describe('Least and greatest size of voxels, in millimetres [depth, height, width] of RAS.'),
  channels: z
    .array(
      z.strictObject({
        low: range.describe('Least and greatest 0.5th percentile of a volume.'),
        high: range.describe('Least and greatest 99.5th percentile.'),
        width: range.describe('Least and greatest distance of the two.'),
        start: range.describe('Least and greatest 0.5th percentile in units of the distance.'),
      }),
    )
    .readonly()
    .describe('Intensities, by channel.'),
});
export type TrainingData = z.infer<typeof TrainingData>;
