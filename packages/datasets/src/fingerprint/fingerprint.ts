import { shape3, spacing3 } from '@voxmim/core';
import * as z from 'zod';

import { ForegroundIntensity } from '@voxmim/volumes';

const ChannelFingerprint = ForegroundIntensity.extend({
  lowest: z.number().describe('Of the sampled foreground.'),
  median: z.number().describe('Of the sampled foreground.'),
  highest: z.number().describe('Of the sampled foreground.'),
});

const ClassFingerprint = z.strictObject({
  name: z.string(),
  cases: z.int().nonnegative().describe('Cases that have a voxel of the class.'),
  medianMl: z.number().nonnegative().describe('Median volume in those cases, in milliliters.'),
  share: z.number().min(0).max(1).describe('Of all voxels of labeled cases.'),
});

/** What a run for this data set could start from. */
export const FingerprintProposal = z.strictObject({
  spacing: spacing3.describe('Millimetres per voxel in the orientation RAS.'),
  medianShape: shape3.describe('Of the volumes at that spacing.'),
  crop: shape3.describe('Voxels of a training crop: near 96³, as long in millimetres each way.'),
  patchSize: shape3.describe('Voxels of a token; divides the crop.'),
});
export type FingerprintProposal = z.infer<typeof FingerprintProposal>;

/** What a data set is like, as far as preprocessing depends on it. Axes are those of RAS volumes. */
export const Fingerprint = z.strictObject({
  format: z.literal('voxmim-fingerprint-1'),
  name: z.string(),
  foreground: z
    .enum(['labels', 'aboveMean'])
    .describe('Which voxels intensities are of: labeled, or above the mean of their volume.'),
  cases: z.array(z.strictObject({ id: z.string(), shape: shape3, spacing: spacing3 })).readonly(),
  channels: z.array(ChannelFingerprint).min(1).readonly(),
  classes: z.array(ClassFingerprint).readonly().describe('Background excluded.'),
  proposal: FingerprintProposal,
});
export type Fingerprint = z.infer<typeof Fingerprint>;
