import type { ClassBalance, Random, Shape3, Volume } from '@voxmim/core';

import { boxAround, type CropSampler, uniformCrops } from './crop-sampler.js';
import { countOf, rowOfRank, type RowCounts } from './voxel-census.js';

/** Where the voxels of each class are. */
export class ClassCensus {
  /** By label. */
  readonly rows: readonly RowCounts[];

  private constructor(rows: readonly RowCounts[]) {
    this.rows = rows;
  }

  /** Taken in one pass over labels of one channel. */
  static of({ data, shape }: Volume<Uint8Array>): ClassCensus {
    const [rows, width] = [shape[0] * shape[1], shape[2]];
    let most = 0;
    for (const label of data) if (label > most) most = label;
    const counts = Array.from({ length: most + 1 }, () => new Int32Array(rows));
    let at = 0;
    for (let row = 0; row < rows; row++) {
      for (let w = 0; w < width; w++) counts[data[at++]][row] += 1;
    }
    return new ClassCensus(counts.map(cumulated));
  }

  /** Of memory. */
  get bytes(): number {
    return this.rows.reduce((sum, { cumulative }) => sum + cumulative.byteLength, 0);
  }
}

/**
 * Crops centered on a voxel of a class that is drawn first, so that small organs are seen as often as
 * large ones. Classes that the volume lacks are left out of the draw.
 *
 * Source: MONAI `RandCropByLabelClasses`.
 *
 * @param labels one channel
 */
export function classBalancedCrops(
  labels: Volume<Uint8Array>,
  crop: Shape3,
  balance: ClassBalance = {},
): CropSampler {
  const census = ClassCensus.of(labels);
  const uniform = uniformCrops(labels.shape, crop);
  const width = labels.shape[2];
  return (random) => {
    const center = drawClassCenter(census, balance, random);
    if (!center) return uniform(random);
    const row = labels.data.subarray(center.row * width, (center.row + 1) * width);
    return boxAround(center.row, columnOfClass(row, center), labels.shape, crop);
  };
}

/** The voxel that a crop will be centered on, as its rank among those of its class in a row. */
export interface ClassCenter {
  readonly label: number;
  readonly row: number;
  readonly rank: number;
}

/** Draws a center; undefined where the volume has no class that is wanted. */
export function drawClassCenter(
  { rows }: ClassCensus,
  { ratios }: ClassBalance,
  random: Random,
): ClassCenter | undefined {
  const weightOf = (label: number) =>
    countOf(rows[label]) > 0 ? (ratios ? (ratios.at(label) ?? 0) : 1) : 0;
  const total = rows.reduce((sum, _, label) => sum + weightOf(label), 0);
  if (total === 0) return undefined;
  const label = labelAt(random.uniform() * total, rows.length, weightOf);
  return { label, ...rowOfRank(rows[label], random.integer(countOf(rows[label]))) };
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

/** The column of a center, from the labels of its row. */
export function columnOfClass(row: Uint8Array, { label, rank }: ClassCenter): number {
  let column = row.indexOf(label);
  for (let seen = 0; seen < rank; seen++) column = row.indexOf(label, column + 1);
  return column;
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
