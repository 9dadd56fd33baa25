import type { Segmenter } from '@voxmim/segmentation';

import type { RunData } from '../data/run-data.js';
import { segmentVolume, type InferenceFields } from '../model/segment-volume.js';

/**
 * The mean Dice that steers a run: over classes but background, then over cases; a class that a case
 * does not have is left out. Measured on the prepared grid, where it is quick; results are judged on
 * native grids instead.
 */
export async function validationDice(
  config: InferenceFields,
  model: Segmenter,
  { store, classes }: RunData,
  ids: readonly string[],
): Promise<number> {
  const scores: number[] = [];
  for (const id of ids) {
    const { image, labels } = await store.prepared(id);
    if (!labels) continue;
    const found = await segmentVolume(model, image, config);
    const perClass = diceOfClasses(found.data, labels.data, classes.length);
    if (perClass.length > 0) scores.push(mean(perClass));
  }
  return scores.length > 0 ? mean(scores) : 0;
}

/** Dice of each class but background that the truth has. */
function diceOfClasses(found: Uint8Array, truth: Uint8Array, numClasses: number): number[] {
  const both = new Float64Array(numClasses);
  const ofFound = new Float64Array(numClasses);
  const ofTruth = new Float64Array(numClasses);
  const count = (counts: Float64Array, label: number) => {
    counts[label] = (counts[label] ?? 0) + 1;
  };
  found.forEach((label, voxel) => {
    const expected = truth[voxel] ?? 0;
    count(ofFound, label);
    count(ofTruth, expected);
    if (label === expected) count(both, label);
  });
  return [...both.keys()].slice(1).flatMap((label) => {
    const [shared, mine, theirs] = [both[label] ?? 0, ofFound[label] ?? 0, ofTruth[label] ?? 0];
    return theirs === 0 ? [] : [(2 * shared) / (mine + theirs)];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
