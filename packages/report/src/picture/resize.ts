import type { Slice } from './plane.js';

/** How pixels between voxels are filled: `nearest` for labels and masks, `linear` for intensities. */
export type PixelFill = 'nearest' | 'linear';

/**
 * Pixels per millimetre at which the longest edge of all slices is `edge` pixels. One scale for all
 * keeps their sizes comparable.
 */
export function scaleToFit(slices: readonly Slice[], edge: number): number {
  const longest = Math.max(
    ...slices.map(({ width, height, spacing }) =>
      Math.max(width * spacing[1], height * spacing[0]),
    ),
  );
  return edge / longest;
}

/**
 * Draws a slice at a scale in pixels per millimetre, so that voxels which are not cubes keep the
 * shape they have in the body. Edges of the first and last voxel stay where they are.
 */
export function resizeSlice(slice: Slice, pixelsPerMm: number, fill: PixelFill): Slice {
  const width = Math.max(1, Math.round(slice.width * slice.spacing[1] * pixelsPerMm));
  const height = Math.max(1, Math.round(slice.height * slice.spacing[0] * pixelsPerMm));
  const data = new Float32Array(width * height);
  const across = weights(slice.width, width, fill);
  const down = weights(slice.height, height, fill);
  for (let row = 0, pixel = 0; row < height; row += 1) {
    const upper = down.low[row]! * slice.width;
    const lower = down.high[row]! * slice.width;
    for (let column = 0; column < width; column += 1, pixel += 1) {
      const left = across.low[column]!;
      const right = across.high[column]!;
      const share = across.share[column]!;
      const above = between(slice.data[upper + left]!, slice.data[upper + right]!, share);
      const below = between(slice.data[lower + left]!, slice.data[lower + right]!, share);
      data[pixel] = between(above, below, down.share[row]!);
    }
  }
  return { ...slice, data, width, height, spacing: [1 / pixelsPerMm, 1 / pixelsPerMm] };
}

function between(low: number, high: number, share: number): number {
  // A weight of 0 must not let a NaN neighbour through.
  return share === 0 ? low : low + (high - low) * share;
}

function weights(from: number, to: number, fill: PixelFill) {
  const low = new Uint32Array(to);
  const high = new Uint32Array(to);
  const share = new Float32Array(to);
  for (let pixel = 0; pixel < to; pixel += 1) {
    const centre = ((pixel + 0.5) * from) / to;
    const place = Math.min(from - 1, Math.max(0, centre - 0.5));
    const floor = fill === 'nearest' ? Math.min(from - 1, Math.floor(centre)) : Math.floor(place);
    low[pixel] = floor;
    high[pixel] = fill === 'nearest' ? floor : Math.min(from - 1, floor + 1);
    share[pixel] = fill === 'nearest' ? 0 : place - floor;
  }
  return { low, high, share };
}
