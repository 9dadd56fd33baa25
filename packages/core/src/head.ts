import type { Tensor5D } from '@tensorflow/tfjs-core';

import type { FeatureLevel, ForwardContext, ParameterOwner } from './encoder.js';
import type { Random } from './random.js';
import type { Shape3 } from './shapes.js';

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

/** What a head is built from beside its config. */
export interface HeadContext {
  /** The levels of the encoder it will sit on, shallow to deep. */
  readonly levels: readonly FeatureLevel[];
  /** Voxels per axis of one input. */
  readonly inputShape: Shape3;
  readonly inChannels: number;
  readonly numClasses: number;
  /** The source of initial weights. */
  readonly random: Random;
}
