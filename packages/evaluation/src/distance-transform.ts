import { type Shape3, type Spacing3, volumeOf } from '@voxmim/core';

/**
 * The exact Euclidean distance, in millimetres, from every voxel to the nearest set one.
 *
 * Cost: a few passes over the voxels, whatever the distances.
 *
 * Source: Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions", 2012; the numbers
 * are those of scipy's `distance_transform_edt(~mask, sampling=spacing)`.
 *
 * @param mask `[D, H, W]`; anything but 0 is set
 * @returns `[D, H, W]`; infinite everywhere when nothing is set
 */
export function distanceTransform(
  mask: Uint8Array,
  shape: Shape3,
  spacing: Spacing3,
): Float64Array {
  const squared = new Float64Array(volumeOf(shape));
  for (let index = 0; index < squared.length; index++) squared[index] = mask[index] ? 0 : Infinity;
  const [depth, height, width] = shape;
  const lines = new Envelope(Math.max(depth, height, width));
  for (let start = 0; start < squared.length; start += width) {
    lines.lower(squared, start, 1, width, spacing[2]);
  }
  for (let d = 0; d < depth; d++) {
    for (let w = 0; w < width; w++)
      lines.lower(squared, d * height * width + w, width, height, spacing[1]);
  }
  for (let start = 0; start < height * width; start++) {
    lines.lower(squared, start, height * width, depth, spacing[0]);
  }
  for (let index = 0; index < squared.length; index++) squared[index] = Math.sqrt(squared[index]);
  return squared;
}

/** The lower envelope of parabolas along a line, with room that is used again for each line. */
class Envelope {
  readonly #values: Float64Array;
  readonly #roots: Int32Array;
  readonly #bounds: Float64Array;

  constructor(length: number) {
    this.#values = new Float64Array(length);
    this.#roots = new Int32Array(length);
    this.#bounds = new Float64Array(length + 1);
  }

  /** Replaces squared distances along one line by those that also count this axis. */
  lower(
    squared: Float64Array,
    start: number,
    stride: number,
    length: number,
    spacing: number,
  ): void {
    const last = this.#build(squared, start, stride, length, spacing);
    if (last < 0) return;
    let parabola = 0;
    for (let position = 0; position < length; position++) {
      while (parabola < last && this.#bounds[parabola + 1] < position * spacing) parabola += 1;
      const root = this.#roots[parabola];
      squared[start + position * stride] = ((position - root) * spacing) ** 2 + this.#values[root];
    }
  }

  /** @returns the index of the last parabola, -1 without any */
  #build(
    squared: Float64Array,
    start: number,
    stride: number,
    length: number,
    spacing: number,
  ): number {
    let last = -1;
    for (let position = 0; position < length; position++) {
      const value = squared[start + position * stride];
      this.#values[position] = value;
      if (value === Infinity) continue;
      let bound = -Infinity;
      while (last >= 0) {
        bound = this.#crossing(this.#roots[last], position, spacing);
        if (bound > this.#bounds[last]) break;
        last -= 1;
      }
      if (last < 0) bound = -Infinity;
      last += 1;
      this.#roots[last] = position;
      this.#bounds[last] = bound;
    }
    return last;
  }

  /** Where the parabola rooted at `right` becomes the lower one, millimetres along the line. */
  #crossing(left: number, right: number, spacing: number): number {
    const [from, to] = [left * spacing, right * spacing];
    return (this.#values[right] + to * to - this.#values[left] - from * from) / (2 * (to - from));
  }
}
