import { type Shape3, volumeOf } from '@voxmim/core';

/**
 * Resamples learned positions from one token grid to another, trilinearly with cell centers
 * aligned (PyTorch's `interpolate(mode='trilinear', align_corners=False)`, no antialiasing).
 *
 * @param values `[source tokens, channels]`, row-major over the grid
 * @returns `[target tokens, channels]`
 */
export function adaptPosition(
  values: Float32Array,
  source: Shape3,
  target: Shape3,
): Float32Array<ArrayBuffer> {
  const channels = values.length / volumeOf(source);
  const taps = axisTaps(source, target);
  const adapted = new Float32Array(volumeOf(target) * channels);
  let cell = 0;
  for (const depth of taps[0]) {
    for (const height of taps[1]) {
      for (const width of taps[2]) {
        for (const corner of corners(depth, height, width)) {
          const [d, h, w] = corner.index;
          const from = ((d * source[1] + h) * source[2] + w) * channels;
          for (let channel = 0; channel < channels; channel++) {
            const at = cell * channels + channel;
            adapted[at] = (adapted[at] ?? 0) + corner.weight * (values[from + channel] ?? 0);
          }
        }
        cell += 1;
      }
    }
  }
  return adapted;
}

/** The two cells of one axis that a target cell is mixed from. */
type AxisTap = readonly { readonly index: number; readonly weight: number }[];

function axisTaps(source: Shape3, target: Shape3): [AxisTap[], AxisTap[], AxisTap[]] {
  const along = (axis: 0 | 1 | 2) =>
    Array.from({ length: target[axis] }, (_, cell) => tapsOf(cell, source[axis], target[axis]));
  return [along(0), along(1), along(2)];
}

function tapsOf(cell: number, source: number, target: number): AxisTap {
  const position = Math.max(0, ((cell + 0.5) * source) / target - 0.5);
  const low = Math.min(Math.floor(position), source - 1);
  const high = Math.min(low + 1, source - 1);
  const weight = position - low;
  return [
    { index: low, weight: 1 - weight },
    { index: high, weight },
  ];
}

function corners(depth: AxisTap, height: AxisTap, width: AxisTap) {
  return depth.flatMap((d) =>
    height.flatMap((h) =>
      width.map((w) => ({
        index: [d.index, h.index, w.index] as const,
        weight: d.weight * h.weight * w.weight,
      })),
    ),
  );
}
