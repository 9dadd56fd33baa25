import { mapAxes } from '@voxmim/core';

import {
  PretrainBatches,
  type CropBatch,
  type PlainBatch,
  type PretrainBatchOptions,
} from './pretrain-batches.js';

/** Two augmented crops of each volume. */
export interface ViewBatch extends CropBatch {
  /** `[B, D, H, W, C]`, the other view of each. */
  readonly otherVoxels: Float32Array;
}

/** The batches of contrastive objectives. */
export class ViewBatches extends PretrainBatches<ViewBatch> {
  readonly #viewOverlap: number;

  /** @param viewOverlap the least part of a side that two views of a volume share */
  constructor(options: PretrainBatchOptions, viewOverlap: number) {
    super(options);
    this.#viewOverlap = viewOverlap;
  }

  protected override async complete({ crops, samples }: PlainBatch): Promise<ViewBatch> {
    const free = 1 - this.#viewOverlap;
    const most = mapAxes(this.options.crop, (side) => Math.floor(side * free));
    const { voxels: otherVoxels } = await this.drawCrops(samples, { most });
    return { ...crops, otherVoxels };
  }
}
