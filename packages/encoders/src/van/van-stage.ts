import type { ForwardContext, Random, Shape3 } from '@voxmim/core';
import { LayerNorm, Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { VanConfig } from './config.js';
import { OverlapEmbed } from './overlap-embed.js';
import { VanBlock } from './van-block.js';

/** Of the norm at the end of each stage. */
const EPSILON = 1e-6;

/** Where a {@link VanStage} stands in its network. */
export interface VanStagePlace {
  /** Its index among the stages. */
  readonly stage: number;
  readonly inChannels: number;
  /** Cells of the input that become one. */
  readonly stride: Shape3;
  /** Stochastic depth of each of its blocks. */
  readonly dropPathRates: readonly number[];
  readonly random: Random;
}

/** An overlapping embedding, blocks, and a layer norm. */
export class VanStage extends Module {
  readonly patchEmbed: OverlapEmbed;
  readonly block: VanBlock[];
  readonly norm: LayerNorm;

  constructor(config: VanConfig, place: VanStagePlace) {
    super();
    const { embedDims, mlpRatios, norm, layerScale } = config;
    const { stage, inChannels, stride, dropPathRates, random } = place;
    const dim = embedDims[stage] ?? 1;
    this.patchEmbed = new OverlapEmbed(inChannels, dim, {
      ...{ stride, norm },
      random: random.stream('patchEmbed'),
    });
    this.block = dropPathRates.map(
      (dropPathRate, index) =>
        new VanBlock(dim, {
          ...{ norm, layerScale, dropPathRate },
          mlpRatio: mlpRatios[stage] ?? 1,
          random: random.stream('block', index),
        }),
    );
    this.norm = new LayerNorm(dim, { epsilon: EPSILON });
  }

  /** What follows the embedding. @param embedded `[B, d, h, w, dim]` @returns the same shape */
  encode(embedded: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D {
    return tf.tidy(() => {
      const features = this.block.reduce(
        (x, block, index) =>
          block.call(x, context && { ...context, random: context.random.stream('block', index) }),
        embedded,
      );
      return this.norm.call(features);
    });
  }
}
