import type { Tensor5D } from '@tensorflow/tfjs-core';

import type { ForwardContext, ParameterOwner } from './encoder.js';

/** Turns an encoder's features into one score per voxel and class. */
export interface SegmentationHead extends ParameterOwner {
  readonly name: string;
  /** Channels of the logits; background is class 0 unless classes are overlapping regions. */
  readonly numClasses: number;
  /**
   * @param volumes `[B, D, H, W, C]`, the encoder's input
   * @param pyramid what `encoder.pyramid(volumes)` gave
   * @returns `[B, D, H, W, numClasses]` logits; with deep supervision in training, coarser ones follow
   */
  logits(
    volumes: Tensor5D,
    pyramid: readonly Tensor5D[],
    context?: ForwardContext,
  ): [Tensor5D, ...Tensor5D[]];
}
