import {
  type ComponentDefinition,
  type HeadContext,
  type SegmentationHead,
  type Shape3,
} from '@voxmim/core';
import { Conv3d, layerNorm, Module, resizeLinear } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { checkPyramid } from '../check-pyramid.js';

/** Options of {@link LightHead}. */
export const LightConfig = z.strictObject({
  levels: z
    .enum(['deepest', 'all'])
    .default('deepest')
    .describe("Which of the encoder's levels are scored; scores of several are added up."),
  normalize: z
    .boolean()
    .default(false)
    .describe(
      'Layer-norm the features of each cell first, without parameters: for a linear probe, so that ' +
        'encoders whose features differ in scale are probed alike.',
    ),
});
export type LightConfig = z.infer<typeof LightConfig>;

/**
 * The least a head can be: one linear map from features to class scores, then trilinear upsampling
 * to voxels. It adds nothing of its own, so it shows what the features hold; with a frozen encoder
 * it is a linear probe. Nothing finer than a token survives it.
 *
 * `normalize` looks at one cell at a time: MAE's probe has BatchNorm there, whose statistics depend on
 * the batch in training and on the training set later.
 */
export class LightHead extends Module implements SegmentationHead {
  readonly name = 'light';
  readonly numClasses: number;
  /** One per scored level, shallow to deep. */
  readonly proj: readonly Conv3d[];
  readonly #skipped: number;
  readonly #normalize: boolean;

  constructor(config: LightConfig, { levels, numClasses, random }: HeadContext) {
    super();
    this.numClasses = numClasses;
    this.#normalize = config.normalize;
    this.#skipped = config.levels === 'all' ? 0 : levels.length - 1;
    this.proj = levels
      .slice(this.#skipped)
      .map(
        ({ channels }, index) =>
          new Conv3d(channels, numClasses, [1, 1, 1], { random: random.stream('proj', index) }),
      );
  }

  logits(volumes: tf.Tensor5D, pyramid: readonly tf.Tensor5D[]): [tf.Tensor5D] {
    const [, depth, height, width] = volumes.shape;
    const shape: Shape3 = [depth, height, width];
    checkPyramid(this.name, this.#skipped + this.proj.length, pyramid);
    const scored = pyramid.slice(this.#skipped);
    return tf.tidy(() => {
      const scores = scored.flatMap(
        (level, index) => this.proj[index]?.call(this.#features(level)) ?? [],
      );
      return [tf.addN(scores.map((score) => resizeLinear(score, shape)))];
    });
  }

  #features(level: tf.Tensor5D): tf.Tensor5D {
    const channels = level.shape[4];
    return this.#normalize ? layerNorm(level, tf.ones([channels]), tf.zeros([channels])) : level;
  }
}

/** The light head by name, for a registry of heads. */
export const lightDefinition: ComponentDefinition<
  typeof LightConfig,
  HeadContext,
  SegmentationHead
> = {
  name: 'light',
  config: LightConfig,
  create: (config, context) => new LightHead(config, context),
};
