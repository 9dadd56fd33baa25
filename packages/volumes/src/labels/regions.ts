import type { Volume } from '@voxmim/core';
import * as z from 'zod';

const label = z.int().min(1).max(255);

/** A set of labels that is learned as one, such as the whole tumor; regions may overlap. */
export const Region = z.strictObject({
  name: z.string().min(1).describe('Names its channel, and its row in tables.'),
  labels: z.array(label).min(1).readonly().describe('Labels that belong to it.'),
  value: label
    .optional()
    .describe(
      'The label written where no smaller region holds; without it the first of its labels that no ' +
        'region inside it has.',
    ),
});
export type Region = z.infer<typeof Region>;

/** Regions in the order of their channels. */
export const RegionsConfig = z
  .array(Region)
  .min(1)
  .readonly()
  .refine((regions) => new Set(regions.map(({ name }) => name)).size === regions.length, {
    message: 'expected every region to have a name of its own',
  });
export type RegionsConfig = z.infer<typeof RegionsConfig>;

/**
 * Tumor core, whole tumor and enhancing tumor from BraTS's labels: 1 necrosis, 2 edema, 4 enhancing.
 *
 * Source: MONAI `ConvertToMultiChannelBasedOnBratsClasses`, which arXiv:2204.11716's code uses.
 */
export const bratsRegions: RegionsConfig = [
  { name: 'TC', labels: [1, 4] },
  { name: 'WT', labels: [1, 2, 4] },
  { name: 'ET', labels: [4] },
];

/**
 * A label map as one channel of 0 and 1 for each region.
 *
 * @param labels one channel
 */
export function regionTargets(
  labels: Volume<Uint8Array>,
  regions: RegionsConfig,
): Volume<Uint8Array> {
  const channels = regions.length;
  const member = new Uint8Array(256 * channels);
  regions.forEach((region, channel) => {
    for (const value of region.labels) member[value * channels + channel] = 1;
  });
  const data = new Uint8Array(labels.data.length * channels);
  for (let voxel = 0; voxel < labels.data.length; voxel++) {
    const row = labels.data[voxel] * channels;
    for (let c = 0; c < channels; c++) data[voxel * channels + c] = member[row + c];
  }
  return { ...labels, data, channels };
}

/**
 * Channels of 0 and 1 as a label map: large regions are written first, those inside them over them.
 * The inverse of {@link regionTargets} where every label is the value of a region.
 *
 * Source: nnU-Net's `regions_class_order`, derived here from which region lies in which.
 */
export function labelsOfRegions(
  targets: Volume<Uint8Array>,
  regions: RegionsConfig,
): Volume<Uint8Array> {
  const channels = regions.length;
  const data = new Uint8Array(targets.data.length / channels);
  for (const { channel, value } of writingOrder(regions)) {
    for (let voxel = 0; voxel < data.length; voxel++) {
      if (targets.data[voxel * channels + channel] !== 0) data[voxel] = value;
    }
  }
  return { ...targets, data, channels: 1 };
}

/** Largest region first, and the label that each writes. */
function writingOrder(regions: RegionsConfig): { channel: number; value: number }[] {
  return regions
    .map((region, channel) => ({
      channel,
      size: region.labels.length,
      value: valueOf(region, regions),
    }))
    .sort((left, right) => right.size - left.size || left.channel - right.channel);
}

function valueOf({ labels, value }: Region, regions: RegionsConfig): number {
  const inner = regions.filter(
    (other) =>
      other.labels.length < labels.length && other.labels.every((label) => labels.includes(label)),
  );
  const own = labels.filter((label) => !inner.some((other) => other.labels.includes(label)));
  return value ?? own.at(0) ?? labels[0];
}
