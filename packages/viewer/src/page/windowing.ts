import type { Volume } from '@voxmim/core';

/** A range of values that is drawn from black to white. */
export interface Window {
  readonly name: string;
  readonly range: readonly [number, number];
}

/** Hounsfield units of what radiologists look at. */
const CT_WINDOWS: readonly Window[] = [
  { name: 'soft tissue', range: [-160, 240] },
  { name: 'lung', range: [-1350, 150] },
  { name: 'bone', range: [-500, 1300] },
  { name: 'brain', range: [0, 80] },
  { name: 'liver', range: [-45, 105] },
];

/** Voxels that are looked at for percentiles. */
const MOST_VOXELS = 100_000;

/** Below this nothing but CT goes, and air of CT always does. */
const CT_AIR = -500;

/** The windows that suit a volume, the one to begin with first. */
export function windowsOf({ data }: Volume): readonly Window[] {
  const step = Math.max(1, Math.floor(data.length / MOST_VOXELS));
  const values = Float64Array.from(
    { length: Math.ceil(data.length / step) },
    (_, index) => data[index * step] ?? 0,
  ).sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.995)];
  const contrast: Window = { name: 'its own range', range: [low, high > low ? high : low + 1] };
  return at(0.02) < CT_AIR ? [...CT_WINDOWS, contrast] : [contrast];
}
