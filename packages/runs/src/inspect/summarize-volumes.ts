import type { VolumeFacts } from './volume-facts.js';

/** The middle of some numbers, and their extremes. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What the volumes of a data set are like. */
export interface VolumesSummary {
  readonly volumes: number;
  /** Voxels `[depth, height, width]`. */
  readonly shape: readonly [Spread, Spread, Spread];
  /** Millimetres `[depth, height, width]`. */
  readonly spacing: readonly [Spread, Spread, Spread];
  /** Axis codes, and how many volumes have them. */
  readonly orientations: Readonly<Record<string, number>>;
  /** Of the lowest, the highest and the mean voxel of each volume. */
  readonly intensities: Readonly<Record<'lowest' | 'highest' | 'mean', Spread>>;
  /** Of each label but the background: how many label maps have it, and its voxels in these. */
  readonly labels: readonly {
    readonly label: number;
    readonly maps: number;
    readonly voxels: Spread;
  }[];
  readonly labelMaps: number;
}

/** Summarizes volumes; null where there are none. */
export function summarizeVolumes(volumes: readonly VolumeFacts[]): VolumesSummary | null {
  if (volumes.length === 0) return null;
  const of = (value: (volume: VolumeFacts) => number) => spreadOf(volumes.map(value));
  const orientations: Record<string, number> = {};
  for (const { orientation } of volumes) {
    orientations[orientation] = (orientations[orientation] ?? 0) + 1;
  }
  const maps = volumes.flatMap(({ labelVoxels }) => (labelVoxels ? [labelVoxels] : []));
  const count = Math.max(1, ...maps.map(({ length }) => length));
  const labels = Array.from({ length: count - 1 }, (_, at) => at + 1).flatMap((label) => {
    const voxels = maps.flatMap((counts) => counts[label] || []);
    return voxels.length > 0 ? [{ label, maps: voxels.length, voxels: spreadOf(voxels) }] : [];
  });
  return {
    volumes: volumes.length,
    shape: [of(({ shape }) => shape[0]), of(({ shape }) => shape[1]), of(({ shape }) => shape[2])],
    spacing: [
      of(({ spacing }) => spacing[0]),
      of(({ spacing }) => spacing[1]),
      of(({ spacing }) => spacing[2]),
    ],
    orientations,
    intensities: {
      lowest: of(({ lowest }) => lowest),
      highest: of(({ highest }) => highest),
      mean: of(({ mean }) => mean),
    },
    labels,
    labelMaps: maps.length,
  };
}

/** A gap this many times wide parts what is of one scale from what is not. */
const GAP = 3;

/**
 * Lines on volumes whose intensities or voxel sizes are of another scale than those of most: learned
 * together, they teach the model two things.
 */
export function outliersOfScale(volumes: readonly VolumeFacts[]): string[] {
  const reach = volumes.map(({ id, lowest, highest }) => ({
    id,
    value: Math.max(Math.abs(lowest), Math.abs(highest)),
  }));
  const size = volumes.map(({ id, spacing }) => ({
    id,
    value: Math.cbrt(spacing[0] * spacing[1] * spacing[2]),
  }));
  return [...scales(reach, 'Highest intensities', ''), ...scales(size, 'Voxel sizes', ' mm')];
}

interface Measured {
  readonly id: string;
  readonly value: number;
}

function scales(measured: readonly Measured[], what: string, unit: string): string[] {
  const sorted = measured
    .filter(({ value }) => value > 0 && Number.isFinite(value))
    .sort((left, right) => left.value - right.value);
  const clusters: Measured[][] = [];
  for (const one of sorted) {
    const before = clusters.at(-1)?.at(-1);
    if (before && one.value <= before.value * GAP) clusters.at(-1)?.push(one);
    else clusters.push([one]);
  }
  if (clusters.length < 2) return [];
  const told = clusters.map((cluster) => {
    const [lowest, highest] = [cluster[0], cluster.at(-1)].map((one) => rounded(one?.value ?? 0));
    const range =
      lowest === highest ? `at ${lowest}${unit}` : `between ${lowest} and ${highest}${unit}`;
    const name = cluster[0]?.id ?? '';
    return `${cluster.length} ${range} (such as ${name})`;
  });
  return [
    `${what} are of ${clusters.length} scales: of ${sorted.length} volumes ${told.join(', ')}.`,
  ];
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const [below = NaN, above = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (below + above) / 2, lowest: sorted[0] ?? NaN, highest: sorted.at(-1) ?? NaN };
}

/** Short, and without an exponent where it can be. */
export function rounded(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
