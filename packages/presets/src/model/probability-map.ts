import type { Volume } from '@voxmim/core';
import type { LogitSink } from '@voxmim/segmentation';

/** What the logits of a volume mean: classes that exclude each other, or regions each by itself. */
export type LogitKind = 'classes' | 'regions';

/**
 * Gathers what a model thinks of every voxel: the softmax over its classes, or the sigmoid of each region.
 * Given to the sliding window as `onLogits`.
 */
export class ProbabilityMap {
  readonly #grid: Pick<Volume, 'shape' | 'affine'>;
  readonly #kind: LogitKind;
  #data = new Float32Array(0);
  #channels = 0;

  constructor({ shape, affine }: Pick<Volume, 'shape' | 'affine'>, kind: LogitKind) {
    this.#grid = { shape, affine };
    this.#kind = kind;
  }

  readonly add: LogitSink = (line, at, channels) => {
    if (this.#channels === 0) {
      const [depth, height, width] = this.#grid.shape;
      this.#channels = channels;
      this.#data = new Float32Array(depth * height * width * channels);
    }
    const row = this.#data.subarray(at * channels, at * channels + line.length);
    if (this.#kind === 'regions') row.set(line.map((logit) => 1 / (1 + Math.exp(-logit))));
    else softmax(line, channels, row);
  };

  /** One channel per class or region, each 0 to 1. */
  finish(): Volume<Float32Array> {
    return { ...this.#grid, data: this.#data, channels: this.#channels };
  }
}

function softmax(line: Float32Array, channels: number, into: Float32Array): void {
  for (let start = 0; start < line.length; start += channels) {
    const logits = line.subarray(start, start + channels);
    const most = logits.reduce((left, right) => Math.max(left, right), -Infinity);
    const powers = logits.map((logit) => Math.exp(logit - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    into.set(
      powers.map((power) => power / sum),
      start,
    );
  }
}
