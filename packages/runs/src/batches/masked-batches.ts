import { createRandom, type MaskStrategy, type TokenMask } from '@voxmim/core';
import { sampleMask } from '@voxmim/masking';

import {
  PretrainBatches,
  type CropBatch,
  type PlainBatch,
  type PretrainBatchOptions,
} from './pretrain-batches.js';

/** Crops and what is hidden of them. */
export interface MaskedBatch extends CropBatch {
  readonly mask: TokenMask;
}

/** The batches of masked objectives. */
export class MaskedBatches extends PretrainBatches<MaskedBatch> {
  readonly #masks: MaskStrategy;

  constructor(options: PretrainBatchOptions, masks: MaskStrategy) {
    super(options);
    this.#masks = masks;
  }

  protected override complete({ crops, samples, progress }: PlainBatch): MaskedBatch {
    const { seed, geometry } = this.options;
    const size = crops.voxels.length / samples.length;
    const contexts = samples.map(({ key }, index) => ({
      gridShape: geometry.gridShape,
      patchSize: geometry.patchSize,
      random: createRandom(seed, ...key, 'mask'),
      progress,
      voxels: crops.voxels.subarray(index * size, (index + 1) * size),
    }));
    return { ...crops, mask: sampleMask(this.#masks, contexts) };
  }
}
