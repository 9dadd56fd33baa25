import { type Shape3, volumeOf } from '@voxmim/core';

/** The cells of one axis that a new cell is mixed from. */
export type AxisTaps = readonly { readonly index: number; readonly weight: number }[];

/**
 * Mixes each cell of a new grid from cells of an old one, axis by axis.
 *
 * @param values `[source cells, channels]`, row-major over the grid
 * @param tapsOf what cell `cell` of `to` along an axis is mixed from, of `from`
 * @returns `[target cells, channels]`
 */
export function interpolateGrid(
  values: Float32Array,
  source: Shape3,
  target: Shape3,
  tapsOf: (cell: number, from: number, to: number) => AxisTaps,
): Float32Array<ArrayBuffer> {
  const channels = values.length / volumeOf(source);
  const along = (axis: 0 | 1 | 2) =>
    Array.from({ length: target[axis] }, (_, cell) => tapsOf(cell, source[axis], target[axis]));
  const [depths, heights, widths] = [along(0), along(1), along(2)];
  const mixed = new Float32Array(volumeOf(target) * channels);
  let cell = 0;
  for (const depth of depths) {
    for (const height of heights) {
      for (const width of widths) {
        for (const corner of corners(depth, height, width)) {
          const [d, h, w] = corner.index;
          const from = ((d * source[1] + h) * source[2] + w) * channels;
          for (let channel = 0; channel < channels; channel++) {
            const at = cell * channels + channel;
            mixed[at] = (mixed[at] ?? 0) + corner.weight * (values[from + channel] ?? 0);
          }
        }
        cell += 1;
      }
    }
  }
  return mixed;
}

function corners(depth: AxisTaps, height: AxisTaps, width: AxisTaps) {
  return depth.flatMap((d) =>
    height.flatMap((h) =>
      width.map((w) => ({
        index: [d.index, h.index, w.index] as const,
        weight: d.weight * h.weight * w.weight,
      })),
    ),
  );
}
