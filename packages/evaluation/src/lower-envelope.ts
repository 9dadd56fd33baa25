/**
 * The lower envelope of parabolas along a line: one step of the exact distance transform. Its room is
 * used again for every line.
 *
 * Source: Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions", 2012, algorithm 1,
 * with a distance between samples, and skipping samples that are infinite.
 */
export class LowerEnvelope {
  readonly #roots: Int32Array;
  readonly #heights: Float64Array;
  readonly #bounds: Float64Array;
  #last = -1;
  #unit = 1;

  /** @param capacity the most samples a line may have */
  constructor(capacity: number) {
    this.#roots = new Int32Array(capacity);
    this.#heights = new Float64Array(capacity);
    this.#bounds = new Float64Array(capacity);
  }

  /**
   * Takes a line of `count` finite samples.
   *
   * @param samples squared distances, mm²
   * @param positions where they are, ascending
   * @param spacing millimetres from one position to the next
   */
  build(samples: Float64Array, positions: Int32Array, count: number, spacing: number): void {
    const roots = this.#roots;
    const heights = this.#heights;
    const bounds = this.#bounds;
    const unit = spacing * spacing;
    let last = -1;
    for (let sample = 0; sample < count; sample++) {
      const root = positions[sample];
      const height = samples[sample] / unit;
      const sum = height + root * root;
      let bound = -Infinity;
      while (last >= 0) {
        const left = roots[last];
        bound = (sum - heights[last] - left * left) / (2 * (root - left));
        if (bound > bounds[last]) break;
        last -= 1;
      }
      if (last < 0) bound = -Infinity;
      last += 1;
      roots[last] = root;
      heights[last] = height;
      bounds[last] = bound;
    }
    this.#last = last;
    this.#unit = unit;
  }

  /** Writes the envelope at positions `0 … length - 1`, mm². */
  write(target: Float32Array, offset: number, stride: number, length: number): void {
    const roots = this.#roots;
    const heights = this.#heights;
    const bounds = this.#bounds;
    const last = this.#last;
    const unit = this.#unit;
    let parabola = 0;
    for (let position = 0; position < length; position++) {
      while (parabola < last && bounds[parabola + 1] < position) parabola += 1;
      const gap = position - roots[parabola];
      target[offset + position * stride] = (gap * gap + heights[parabola]) * unit;
    }
  }
}
