import type { Shape3 } from '@voxmim/core';

import type { WindowPlan } from './windows.js';

/** Takes finished planes: `[planes, H, W, C]` blended logits, the first at depth `start`. */
export type PlaneSink = (start: number, planes: Float32Array) => void;

/**
 * Adds up weighted windows that come in row-major order, and hands planes on as soon as no later
 * window can touch them. So it holds one window's depth of the volume, not all of it.
 */
export class WindowBlend {
  readonly #plan: WindowPlan;
  readonly #weights: Float32Array;
  readonly #channels: number;
  readonly #sink: PlaneSink;
  /** `[roi depth, H, W, C]`, plane 0 at depth `#first`. */
  readonly #sums: Float32Array;
  /** `[roi depth, H, W]` */
  readonly #totals: Float32Array;
  #first = 0;

  constructor(plan: WindowPlan, weights: Float32Array, channels: number, sink: PlaneSink) {
    const [, height, width] = plan.shape;
    this.#plan = plan;
    this.#weights = weights;
    this.#channels = channels;
    this.#sink = sink;
    this.#totals = new Float32Array(plan.roi[0] * height * width);
    this.#sums = new Float32Array(this.#totals.length * channels);
  }

  /**
   * @param start of the window, never shallower than the last one's
   * @param logits `[d, h, w, C]`, read from `offset` on
   */
  add(start: Shape3, logits: Float32Array, offset: number): void {
    this.#advance(start[0]);
    const [depth, height, width] = this.#plan.roi;
    const [, rows, columns] = this.#plan.shape;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const line = (d * height + h) * width;
        const cell = (d * rows + start[1] + h) * columns + start[2];
        this.#addLine(logits, offset + line * this.#channels, line, cell);
      }
    }
  }

  /** Hands on everything that is left. */
  finish(): void {
    this.#advance(this.#plan.shape[0]);
  }

  #addLine(logits: Float32Array, from: number, line: number, cell: number): void {
    const channels = this.#channels;
    const width = this.#plan.roi[2];
    for (let w = 0; w < width; w++) {
      const weight = this.#weights[line + w]!;
      this.#totals[cell + w]! += weight;
      const target = (cell + w) * channels;
      const source = from + w * channels;
      for (let c = 0; c < channels; c++) this.#sums[target + c]! += weight * logits[source + c]!;
    }
  }

  /** Finishes the planes before `depth` and moves the rest to the front. */
  #advance(depth: number): void {
    const done = Math.min(depth - this.#first, this.#plan.roi[0]);
    if (done === 0) return;
    const plane = this.#totals.length / this.#plan.roi[0];
    this.#divide(done * plane);
    this.#sink(this.#first, this.#sums.subarray(0, done * plane * this.#channels));
    shift(this.#totals, done * plane);
    shift(this.#sums, done * plane * this.#channels);
    this.#first = depth;
  }

  #divide(cells: number): void {
    const channels = this.#channels;
    for (let cell = 0; cell < cells; cell++) {
      const total = this.#totals[cell]!;
      const end = (cell + 1) * channels;
      for (let index = cell * channels; index < end; index++) this.#sums[index]! /= total;
    }
  }
}

/** Moves everything from `from` on to the front and clears the rest. */
function shift(values: Float32Array, from: number): void {
  values.copyWithin(0, from);
  values.fill(0, values.length - from);
}
