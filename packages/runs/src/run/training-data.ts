import { isUnreadable, spacingOf, type Volume } from '@voxmim/core';
import { readCaseImage } from '@voxmim/datasets/node';
import type { TrainingData } from '@voxmim/presets';
import { percentilesOfSorted, reorientedGrid } from '@voxmim/volumes';

import type { RunData } from '../batches/run-data.js';

/** Training cases that are looked at, evenly spread; and voxels of each. */
const MOST_CASES = 16;
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
  });
  const [low = 0, high = 0] = percentilesOfSorted(values.sort(), [0.5, 99.5]);
  return [low, high];
}

/**
 * What the training volumes of a run are like, from some of them. Those that cannot be read are left to
 * the run, which says so.
 *
 * @returns undefined where none can be read
 */
export async function trainingDataOf({
  dataset,
  split,
  store,
}: RunData): Promise<TrainingData | undefined> {
  const { recipe, readers } = store.options;
  const step = Math.max(1, split.train.length / MOST_CASES);
  const looks: VolumeLook[] = [];
  for (let at = 0; at < split.train.length; at += step) {
    const id = split.train[Math.floor(at)];
    if (id === undefined) break;
    try {
      const entry = store.entry(id);
      const { image, modality } = await readCaseImage(entry, { ...recipe, readers });
      looks.push(lookOf(image, modality ?? dataset.modality));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
  return looks.length > 0 ? summaryOf(looks) : undefined;
}

function summaryOf(looks: readonly VolumeLook[]): TrainingData {
  const modalities = looks.flatMap(({ modality }) => modality ?? []);
  const along = (axis: 0 | 1 | 2) => extremes(looks.map(({ spacing }) => spacing[axis]));
  const [depth, height, width] = [along(0), along(1), along(2)];
  const channels = looks[0]?.channels.map((_, channel) => {
    const spreads = looks.flatMap(({ channels: all }) => {
      const one = all[channel];
      return one ? [one] : [];
    });
    return {
      low: extremes(spreads.map(([low]) => low)),
      high: extremes(spreads.map(([, high]) => high)),
      width: extremes(spreads.map(([low, high]) => high - low)),
      start: extremes(spreads.map(startOf)),
    };
  });
  return {
    cases: looks.length,
    modalities: [...new Set(modalities)].sort(),
    spacing: [
      [depth[0], height[0], width[0]],
      [depth[1], height[1], width[1]],
    ],
    channels: channels ?? [],
  };
}

/** Where intensities begin, whatever their scale: 0 for those that begin at 0. */
export function startOf([low, high]: readonly [number, number]): number {
  return high > low ? low / (high - low) : 0;
}

function extremes(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
