import { mapAxes, volumeOf, zipAxes, type Shape3 } from '@voxmim/core';

/** How a grid is cut into attention windows. */
export interface WindowLayout {
  readonly gridShape: Shape3;
  /** Tokens per window, never larger than the grid. */
  readonly windowShape: Shape3;
  /** Tokens the grid is rolled back by before it is cut. */
  readonly shift: Shape3;
  /** The grid, padded at its far ends so that windows tile it. */
  readonly paddedShape: Shape3;
}

/** Lays windows over a grid. Where the grid is no larger than a window, it is one, unshifted. */
export function windowLayout(
  gridShape: Shape3,
  windowSize: Shape3,
  shifted: boolean,
): WindowLayout {
  const windowShape = zipAxes(gridShape, windowSize, Math.min);
  const shift = mapAxes(windowSize, (size, axis) =>
    shifted && gridShape[axis] > size ? Math.floor(size / 2) : 0,
  );
  const paddedShape = zipAxes(
    gridShape,
    windowShape,
    (extent, size) => Math.ceil(extent / size) * size,
  );
  return { gridShape, windowShape, shift, paddedShape };
}

/**
 * What is added to attention scores so that tokens attend only to those they border on: -100
 * between tokens that the roll brought together from opposite ends of the grid, and between tokens
 * and padding.
 *
 * Source: `compute_mask` in MONAI and Video Swin, which let tokens attend to padding.
 *
 * @returns `[windows, N, N]`, or `null` where nothing is to be kept apart
 */
export function windowMask(layout: WindowLayout): Float32Array | null {
  const { windowShape, shift, paddedShape, gridShape } = layout;
  if (shift.join() === '0,0,0' && paddedShape.join() === gridShape.join()) return null;
  const windows = volumeOf(zipAxes(paddedShape, windowShape, (extent, size) => extent / size));
  const tokens = volumeOf(windowShape);
  const mask = new Float32Array(windows * tokens * tokens);
  for (let window = 0; window < windows; window++) {
    const regions = Array.from({ length: tokens }, (_, token) => regionOf(window, token, layout));
    regions.forEach((row, i) =>
      regions.forEach((column, j) => {
        if (row !== column) mask[(window * tokens + i) * tokens + j] = -100;
      }),
    );
  }
  return mask;
}

/** Names the contiguous part of the grid that a token of a window of the rolled grid comes from. */
function regionOf(window: number, token: number, layout: WindowLayout): string {
  const { windowShape, paddedShape, shift, gridShape } = layout;
  const perAxis = zipAxes(paddedShape, windowShape, (extent, size) => extent / size);
  const place = zipAxes(cellOf(window, perAxis), windowShape, (at, size) => at * size);
  const rolled = zipAxes(place, cellOf(token, windowShape), (start, at) => start + at);
  const source = mapAxes(rolled, (at, axis) => (at + shift[axis]) % paddedShape[axis]);
  if (source.some((at, axis) => at >= (gridShape[axis] ?? 0))) return 'padding';
  // What wrapped around comes from the near end: it is no neighbour of what did not.
  return mapAxes(rolled, (at, axis) => +(at + shift[axis] >= paddedShape[axis])).join();
}

function cellOf(id: number, [, height, width]: Shape3): Shape3 {
  return [Math.floor(id / (height * width)), Math.floor(id / width) % height, id % width];
}
