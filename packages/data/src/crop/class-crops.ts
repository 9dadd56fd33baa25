import type { Shape3, Volume } from '@voxmim/core';

import { boxAround, type CropSampler, uniformCrops } from './crop-sampler.js';
import { countOf, rowOfRank, type RowCounts } from './voxel-census.js';

/**
 * Crops centered on a voxel of a class that is drawn first, so that small organs are seen as often as
 * large ones. Classes that the volume lacks are left out of the draw.
 *
 * Source: MONAI `RandCropByLabelClasses`.
 *
 * @param labels one channel
 * @param weights how often each class is wanted, background first; all alike without it
 */
export function classBalancedCrops(
  labels: Volume<Uint8Array>,
  crop: Shape3,
  weights?: readonly number[],
): CropSampler {
  const census = censusByClass(labels);
  const uniform = uniformCrops(labels.shape, crop);
  const width = labels.shape[2];
  const weightOf = (label: number) =>
    countOf(census[label]) > 0 ? (weights ? (weights.at(label) ?? 0) : 1) : 0;
  const total = census.reduce((sum, _, label) => sum + weightOf(label), 0);
  return (random) => {
    if (total === 0) return uniform(random);
    const label = labelAt(random.uniform() * total, census.length, weightOf);
    const rank = random.integer(countOf(census[label]));
    const place = rowOfRank(census[label], rank);
    const row = labels.data.subarray(place.row * width, (place.row + 1) * width);
    return boxAround(place.row, columnOf(row, label, place.rank), labels.shape, crop);
  };
}

/** The class that a place on the line of all weights falls to. */
function labelAt(place: number, classes: number, weightOf: (label: number) => number): number {
  let [left, last] = [place, 0];
  for (let label = 0; label < classes; label++) {
    const weight = weightOf(label);
    if (weight === 0) continue;
    last = label;
    left -= weight;
    if (left < 0) return label;
  }
  return last;
}

/** The column of the `rank`-th voxel of a class in a row. */
function columnOf(row: Uint8Array, label: number, rank: number): number {
  let column = row.indexOf(label);
  for (let seen = 0; seen < rank; seen++) column = row.indexOf(label, column + 1);
  return column;
}

/** Rows by class, in one pass over the labels. */
function censusByClass({ data, shape }: Volume<Uint8Array>): RowCounts[] {
  const [rows, width] = [shape[0] * shape[1], shape[2]];
  let most = 0;
  for (const label of data) if (label > most) most = label;
  const counts = Array.from({ length: most + 1 }, () => new Int32Array(rows));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let w = 0; w < width; w++) counts[data[at++]][row] += 1;
  }
  return counts.map(cumulated);
}

function cumulated(counts: Int32Array): RowCounts {
  const first = Math.max(
    0,
    counts.findIndex((count) => count > 0),
  );
  const after = counts
    .slice()
    .reverse()
    .findIndex((count) => count > 0);
  const cumulative = counts.slice(first, counts.length - after);
  for (let row = 1; row < cumulative.length; row++) cumulative[row] += cumulative[row - 1];
  return { firstRow: first, cumulative };
}
