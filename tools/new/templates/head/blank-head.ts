import type { ComponentDefinition, HeadContext, SegmentationHead, Shape3 } from '@voxmim/core';
import { Conv3d, gelu, Module, resizeLinear } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { checkPyramid } from '../check-pyramid.js';
import { BlankConfig } from './config.js';

/**
 * Projects every level to one width, adds them up on the grid of the finest, and scores that before
 * trilinear upsampling to voxels. Fits the levels of any encoder.
 */
export class BlankHead extends Module implements SegmentationHead {
  readonly name = 'blank';
  readonly numClasses: number;
  /** One per level, shallow to deep. */
  readonly lateral: readonly Conv3d[];
  readonly out: Conv3d;

  constructor({ channels }: BlankConfig, { levels, numClasses, random }: HeadContext) {
    super();
    this.numClasses = numClasses;
    this.lateral = levels.map((level, index) => {
      const start = { random: random.stream('lateral', index) };
      return new Conv3d(level.channels, channels, [1, 1, 1], start);
    });
    this.out = new Conv3d(channels, numClasses, [1, 1, 1], { random: random.stream('out') });
  }

  logits(volumes: tf.Tensor5D, pyramid: readonly tf.Tensor5D[]): [tf.Tensor5D] {
    checkPyramid(this.name, this.lateral.length, pyramid);
    return tf.tidy(() => {
      const [finest = volumes] = pyramid;
      const projected = this.lateral.flatMap((conv, index) => {
        const level = pyramid[index];
        return level ? [resizeLinear(conv.call(level), shapeOf(finest))] : [];
      });
      const scores = this.out.call(gelu(tf.addN(projected)));
      return [resizeLinear(scores, shapeOf(volumes))];
    });
  }
}

/** {@link BlankHead} under the name `blank`. */
export const blankDefinition: ComponentDefinition<
  typeof BlankConfig,
  HeadContext,
  SegmentationHead
> = {
  name: 'blank',
  config: BlankConfig,
  create: (config, context) => new BlankHead(config, context),
};

function shapeOf({ shape: [, depth, height, width] }: tf.Tensor5D): Shape3 {
  return [depth, height, width];
}
