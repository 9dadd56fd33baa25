import { mapAxes, type Random, type Shape3, volumeOf } from '@voxmim/core';

/**
 * A smooth random field: normal numbers at knots `cell` voxels apart, linear in between.
 *
 * @param cell voxels between knots; 1 is white noise
 * @param deviation standard deviation at a knot
 */
export function smoothField(
  shape: Shape3,
  cell: number,
  deviation: number,
  random: Random,
): Float32Array {
  const grid = mapAxes(shape, (extent) => Math.floor((extent - 1) / cell) + 2);
  const knots = new Float32Array(volumeOf(grid));
  for (let index = 0; index < knots.length; index++) knots[index] = random.normal() * deviation;
  const field = new Float32Array(volumeOf(shape));
  let index = 0;
  for (let d = 0; d < shape[0]; d++) {
    for (let h = 0; h < shape[1]; h++) {
      for (let w = 0; w < shape[2]; w++)
        field[index++] = between(knots, grid, d / cell, h / cell, w / cell);
    }
  }
  return field;
}

function between(
  knots: Float32Array,
  [, height, width]: Shape3,
  d: number,
  h: number,
  w: number,
): number {
  const [d0, h0, w0] = [Math.floor(d), Math.floor(h), Math.floor(w)];
  const [fd, fh, fw] = [d - d0, h - h0, w - w0];
  const row = (plane: number, line: number) => {
    const start = (plane * height + line) * width + w0;
    return knots[start] + (knots[start + 1] - knots[start]) * fw;
  };
  const plane = (at: number) => row(at, h0) + (row(at, h0 + 1) - row(at, h0)) * fh;
  return plane(d0) + (plane(d0 + 1) - plane(d0)) * fd;
}
