import type { ForwardContext, Random, Shape3 } from '@voxmim/core';
import { Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { SwinConfig } from './config.js';
import { PatchMerging } from './patch-merging.js';
import { ResidualConvolution } from './residual-convolution.js';
import { SwinBlock } from './swin-block.js';
import { windowLayout } from './window-layout.js';

/** Where a {@link SwinStage} stands in its network. */
export interface SwinStagePlace {
  /** Its index among the stages. */
  readonly stage: number;
  /** Tokens per axis on entry. */
  readonly gridShape: Shape3;
  /** Tokens that a merge makes one, or `null` where this stage does not end in one. */
  readonly mergeFactor: Shape3 | null;
  /** Stochastic depth of each of its blocks. */
  readonly dropPathRates: readonly number[];
  readonly random: Random;
}

/** Perhaps a convolution, blocks with windows in place and shifted by turns, perhaps a merge. */
export class SwinStage extends Module {
  readonly conv: ResidualConvolution | null;
  readonly blocks: SwinBlock[];
  readonly downsample: PatchMerging | null;

  constructor(config: SwinConfig, place: SwinStagePlace) {
    super();
    const { windowSize, mlpRatio, qkvBias, epsilon, embedDim } = config;
    const { stage, gridShape, mergeFactor, dropPathRates, random } = place;
    const dim = embedDim * 2 ** stage;
    this.conv = config.stageConvolution
      ? new ResidualConvolution(dim, random.stream('conv'))
      : null;
    this.blocks = dropPathRates.map(
      (dropPathRate, index) =>
        new SwinBlock(dim, {
          numHeads: config.numHeads[stage] ?? 1,
          layout: windowLayout(gridShape, windowSize, index % 2 === 1),
          random: random.stream('block', index),
          ...{ windowSize, mlpRatio, qkvBias, epsilon, dropPathRate },
        }),
    );
    this.downsample =
      mergeFactor &&
      new PatchMerging(dim, mergeFactor, { epsilon, random: random.stream('downsample') });
  }

  /** @returns what the blocks give, and what the merge makes of it */
  call(
    x: tf.Tensor5D,
    context?: ForwardContext,
  ): { readonly blocks: tf.Tensor5D; readonly merged: tf.Tensor5D } {
    const blocks = this.blocks.reduce(
      (grid, block, index) =>
        block.call(grid, context && { ...context, random: context.random.stream('block', index) }),
      this.conv?.call(x) ?? x,
    );
    return { blocks, merged: this.downsample?.call(blocks) ?? blocks };
  }
}
