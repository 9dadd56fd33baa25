import { type Shape3, type Spacing3, volumeOf } from '@voxmim/core';

import { LowerEnvelope } from './lower-envelope.js';

/**
 * Squared distances to a set of voxels, exact within each slice. The third axis is searched only at
 * the voxels that are asked for: surfaces are few, and mostly near one another. The memory is kept
 * for the next set.
 */
export class DistanceField {
  #squared = new Float32Array(0);
  #shape: Shape3 = [0, 0, 0];
  #depthSpacing = 1;
  #sliceIsSet = new Uint8Array(0);
  /** One slice after its rows are done; 64 bits, so that only the result is rounded. */
  #slice = new Float64Array(0);
  #rows = new Int32Array(0);
  #samples = new Float64Array(0);
  #envelope = new LowerEnvelope(0);

  /**
   * Holds the distances to `targets` from now on.
   *
   * @param targets indices into an array of `shape`, ascending
   */
  fill(targets: Int32Array, shape: Shape3, spacing: Spacing3): void {
    this.#resize(shape);
    this.#depthSpacing = spacing[0];
    const plane = shape[1] * shape[2];
    for (let from = 0; from < targets.length;) {
      const d = Math.floor(targets[from] / plane);
      const end = (d + 1) * plane;
      let to = from;
      while (to < targets.length && targets[to] < end) to += 1;
      this.#sliceIsSet[d] = 1;
      const rows = this.#fillRows(targets, from, to, d * plane, spacing[2]);
      this.#fillSlice(rows, d * plane, spacing[1]);
      from = to;
    }
  }

  /**
   * Distances of single voxels, mm.
   *
   * @param indices into an array of the shape that {@link fill} was given
   * @returns infinite where there is no target at all
   */
  at(indices: Int32Array): Float64Array {
    const [depth, height, width] = this.#shape;
    const plane = height * width;
    const squared = this.#squared;
    const isSet = this.#sliceIsSet;
    const unit = this.#depthSpacing * this.#depthSpacing;
    const distances = new Float64Array(indices.length);
    for (let item = 0; item < indices.length; item++) {
      const index = indices[item];
      const d = Math.floor(index / plane);
      const reach = Math.max(d, depth - 1 - d);
      let best = isSet[d] ? squared[index] : Infinity;
      for (let step = 1; step <= reach; step++) {
        const added = step * step * unit;
        if (added >= best) break;
        const before = d - step;
        const after = d + step;
        if (before >= 0 && isSet[before]) {
          best = Math.min(best, squared[index - step * plane] + added);
        }
        if (after < depth && isSet[after]) {
          best = Math.min(best, squared[index + step * plane] + added);
        }
      }
      distances[item] = Math.sqrt(best);
    }
    return distances;
  }

  /** Distances of all voxels, mm: `[D, H, W]`. The field is used up by this. */
  all(): Float32Array {
    const [depth, height, width] = this.#shape;
    const squared = this.#squared.subarray(0, volumeOf(this.#shape));
    const slices = Int32Array.from(this.#sliceIsSet.subarray(0, depth).keys()).filter(
      (d) => this.#sliceIsSet[d] === 1,
    );
    if (slices.length === 0) return new Float32Array(squared.length).fill(Infinity);
    const plane = height * width;
    for (let place = 0; place < plane; place++) {
      for (let item = 0; item < slices.length; item++) {
        this.#samples[item] = squared[slices[item] * plane + place];
      }
      this.#envelope.build(this.#samples, slices, slices.length, this.#depthSpacing);
      this.#envelope.write(squared, place, plane, depth);
    }
    return squared.map(Math.sqrt);
  }

  #resize(shape: Shape3): void {
    const [depth, height, width] = shape;
    const longest = Math.max(depth, height);
    this.#shape = shape;
    if (this.#squared.length < volumeOf(shape)) this.#squared = new Float32Array(volumeOf(shape));
    if (this.#slice.length < height * width) this.#slice = new Float64Array(height * width);
    if (this.#samples.length < longest) {
      this.#samples = new Float64Array(longest);
      this.#rows = new Int32Array(longest);
      this.#envelope = new LowerEnvelope(longest);
    }
    if (this.#sliceIsSet.length < depth) this.#sliceIsSet = new Uint8Array(depth);
    this.#sliceIsSet.fill(0);
  }

  /**
   * Distances along width within the rows that have a target.
   *
   * @returns how many rows that are; `#rows` names them
   */
  #fillRows(
    targets: Int32Array,
    from: number,
    to: number,
    offset: number,
    spacing: number,
  ): number {
    const width = this.#shape[2];
    let count = 0;
    for (let first = from; first < to;) {
      const row = Math.floor((targets[first] - offset) / width);
      const end = offset + (row + 1) * width;
      let after = first;
      while (after < to && targets[after] < end) after += 1;
      this.#fillRow(targets, first, after, end - width, row * width, spacing);
      this.#rows[count++] = row;
      first = after;
    }
    return count;
  }

  #fillRow(
    targets: Int32Array,
    first: number,
    after: number,
    rowStart: number,
    start: number,
    spacing: number,
  ): void {
    const slice = this.#slice;
    const width = this.#shape[2];
    let nearest = first;
    for (let w = 0; w < width; w++) {
      const here = rowStart + w;
      while (nearest + 1 < after && targets[nearest + 1] - here < here - targets[nearest]) {
        nearest += 1;
      }
      const gap = (here - targets[nearest]) * spacing;
      slice[start + w] = gap * gap;
    }
  }

  /** Adds the height axis, from the rows that have a target to all. */
  #fillSlice(count: number, offset: number, spacing: number): void {
    const [, height, width] = this.#shape;
    const samples = this.#samples;
    const slice = this.#slice;
    const rows = this.#rows;
    for (let w = 0; w < width; w++) {
      for (let item = 0; item < count; item++) samples[item] = slice[rows[item] * width + w];
      this.#envelope.build(samples, rows, count, spacing);
      this.#envelope.write(this.#squared, offset + w, width, height);
    }
  }
}
