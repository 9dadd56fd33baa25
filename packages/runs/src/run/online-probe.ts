import { volumeOf, type Encoder, type Shape3 } from '@voxmim/core';
import { probeLinearly, type FeatureRows, type ProbeRows } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

import type { ProbeCrops, ProbeData } from '../batches/probe-crops.js';
import { deepestFeatures, joinRows, readRows, spreadRows } from './feature-rows.js';

/** Cells that a probe is fitted on, and judged on, at most: some milliseconds to a second of work. */
const PROBED_ROWS = 1024;

/**
 * Watches what a linear map finds of the organs in an encoder's deepest features: the share of the
 * variance of class fractions, cell by cell, that it explains on crops it was not fitted on. The encoder
 * runs as in inference and gets no gradient.
 */
export class OnlineProbe {
  readonly #encoder: Encoder;
  readonly #data: ProbeData;
  readonly #batchSize: number;

  constructor(encoder: Encoder, data: ProbeData, batchSize: number) {
    this.#encoder = encoder;
    this.#data = data;
    this.#batchSize = batchSize;
  }

  /** The share that is explained now; see `probeLinearly`. */
  async measure(): Promise<number> {
    const fitted = await this.#rowsOf(this.#data.fitted);
    return probeLinearly(fitted, await this.#rowsOf(this.#data.judged));
  }

  async #rowsOf({ shape, voxels, labels }: ProbeCrops): Promise<ProbeRows> {
    const [count, depth, height, width, channels] = shape;
    const crop: Shape3 = [depth, height, width];
    const size = volumeOf(crop);
    const features: FeatureRows[] = [];
    let grid: Shape3 = crop;
    for (let from = 0; from < count; from += this.#batchSize) {
      const part = Math.min(this.#batchSize, count - from);
      const values = voxels.subarray(from * size * channels, (from + part) * size * channels);
      features.push(
        await readRows(() => {
          const volumes = tf.tensor5d(values, [part, ...crop, channels]);
          const deepest = deepestFeatures(this.#encoder, volumes);
          grid = [deepest.shape[1], deepest.shape[2], deepest.shape[3]];
          return deepest;
        }),
      );
    }
    const targets = Array.from({ length: count }, (_, index) =>
      classFractions(labels.subarray(index * size, (index + 1) * size), crop, {
        ...{ grid, stride: this.#encoder.levels.at(-1)?.stride ?? [1, 1, 1] },
        numClasses: this.#data.numClasses,
      }),
    );
    return {
      features: spreadRows(joinRows(features), PROBED_ROWS),
      targets: spreadRows(joinRows(targets), PROBED_ROWS),
    };
  }
}

/**
 * The share of each class but background in each cell of a grid.
 *
 * @param labels `[D, H, W]`
 * @param cells `stride` voxels an axis each; those at the end may be cut off by the volume
 * @returns `[d · h · w, numClasses - 1]`
 */
export function classFractions(
  labels: Int32Array,
  shape: Shape3,
  cells: { readonly grid: Shape3; readonly stride: Shape3; readonly numClasses: number },
): FeatureRows {
  const { grid, stride, numClasses } = cells;
  const organs = numClasses - 1;
  const values = new Float32Array(volumeOf(grid) * organs);
  const sizes = new Float32Array(volumeOf(grid));
  const [, height, width] = shape;
  labels.forEach((label, voxel) => {
    const w = Math.floor((voxel % width) / stride[2]);
    const h = Math.floor((Math.floor(voxel / width) % height) / stride[1]);
    const d = Math.floor(voxel / (height * width) / stride[0]);
    const cell = (d * grid[1] + h) * grid[2] + w;
    sizes[cell] = (sizes[cell] ?? 0) + 1;
    const at = cell * organs + label - 1;
    if (label > 0) values[at] = (values[at] ?? 0) + 1;
  });
  const fractions = values.map((count, at) => count / (sizes[Math.floor(at / organs)] ?? 1));
  return { values: fractions, width: organs };
}
