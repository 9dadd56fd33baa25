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
  const line = new Float32Array(grid[2]);
  const width = shape[2];
  for (let d = 0; d < shape[0]; d++) {
    for (let h = 0; h < shape[1]; h++) {
      blendRows(knots, grid, d / cell, h / cell, line);
      const start = (d * shape[1] + h) * width;
      for (let w = 0; w < width; w++) {
        const below = Math.floor(w / cell);
        const low = line[below];
        field[start + w] = low + (line[below + 1] - low) * (w / cell - below);
      }
    }
  }
  return field;
}

/** One line of knots between the four around `(d, h)`. */
function blendRows(
  knots: Float32Array,
  [, height, width]: Shape3,
  d: number,
  h: number,
  line: Float32Array,
): void {
  const [d0, h0] = [Math.floor(d), Math.floor(h)];
  const [fd, fh] = [d - d0, h - h0];
  const near = (d0 * height + h0) * width;
  const far = near + height * width;
  for (let w = 0; w < width; w++) {
    const front = knots[near + w] + (knots[near + width + w] - knots[near + w]) * fh;
    const back = knots[far + w] + (knots[far + width + w] - knots[far + w]) * fh;
    line[w] = front + (back - front) * fd;
  }
}
