import { spacingOf, type Volume } from '@voxmim/core';
import { percentilesOfSorted, reorientedGrid } from '@voxmim/volumes';

/** Voxels that are looked at of each channel. */
const MOST_VOXELS = 50_000;

/** What tells whether a volume is like others, before anything is done to it. */
export interface VolumeLook {
  /** As DICOM calls it, where something tells. */
  readonly modality?: string | undefined;
  /** Millimetres [depth, height, width] of RAS. */
  readonly spacing: readonly [number, number, number];
  /** The 0.5th and 99.5th percentile of each channel. */
  readonly channels: readonly (readonly [low: number, high: number])[];
}

/** Looks at a volume, at some thousands of its voxels. */
export function lookOf(image: Volume, modality: string | undefined): VolumeLook {
  const channels = Array.from({ length: image.channels }, (_, channel) => spread(image, channel));
  return { modality, spacing: spacingOf(reorientedGrid(image, 'RAS').affine), channels };
}

function spread({ data, channels }: Volume, channel: number): readonly [number, number] {
  const voxels = data.length / channels;
  const count = Math.min(voxels, MOST_VOXELS);
  // A step that is no whole number runs along no axis.
  const values = Float64Array.from({ length: count }, (_, index) => {
    const voxel = Math.floor((index * voxels) / count);
    return data[voxel * channels + channel] ?? 0;
  }).filter(Number.isFinite);
  if (values.length === 0) return [0, 0];
  const [low = 0, high = 0] = percentilesOfSorted(values.sort(), [0.5, 99.5]);
  return [low, high];
}

/** Where intensities begin, whatever their scale: 0 for those that begin at 0. */
export function startOf([low, high]: readonly [number, number]): number {
  return high > low ? low / (high - low) : 0;
}
