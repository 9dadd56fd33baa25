import { isUnreadable } from '@voxmim/core';
import { readCaseImage } from '@voxmim/datasets/node';
import { lookOf, startOf, type TrainingData, type VolumeLook } from '@voxmim/presets';

import type { RunData } from '../batches/run-data.js';

/** Training cases that are looked at, evenly spread. */
const MOST_CASES = 16;

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

function extremes(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
