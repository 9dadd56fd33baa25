import {
  type ComponentDefinition,
  extent,
  type ForwardContext,
  type HeadContext,
  type SegmentationHead,
  VoxmimError,
} from '@voxmim/core';
import { type Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

import { DecoderStage, LevelSkip, ScoreLayer, VolumeSkip } from './unetr-blocks.js';
import { planUnetr } from './unetr-plan.js';

/** Options of {@link UnetrHead}. */
export const UnetrConfig = z.strictObject({
  featureSize: extent
    .default(16)
    .describe('Channels at full resolution; each coarser stage has twice as many.'),
  deepSupervision: z
    .boolean()
    .default(false)
    .describe('In training, also score the coarser decoder stages.'),
});
export type UnetrConfig = z.infer<typeof UnetrConfig>;

/**
 * UNETR's convolutional decoder over any encoder's levels: skips from the volume and from every
 * level but the deepest join a decoder that starts at the deepest.
 *
 * With four levels of stride 16 it is MONAI's, parameter for parameter and under MONAI's names
 * (`encoder1` … `encoder4`, `decoder5` … `decoder2`, `out`). MONAI's 4,449,454 parameters (16
 * features, 14 classes, width 768) count 6,144 that it builds and never runs, the `conv3` of the
 * three blocks that keep their width; they are not here.
 *
 * For other strides, stage `k` works at stride `gcd(token, 2^k)` along each axis: the same for
 * tokens of 16 and 8, while smaller or uneven tokens start with the resolution they have. With `n`
 * levels there are `n` decoder stages.
 *
 * Source: Hatamizadeh et al., arXiv:2103.10504; MONAI `networks/nets/unetr.py`. Other strides and
 * deep supervision are ours.
 */
export class UnetrHead implements SegmentationHead {
  readonly name = 'unetr';
  readonly numClasses: number;
  readonly #volumeSkip: VolumeSkip;
  /** Deep to shallow, as the stages. */
  readonly #levelSkips: readonly LevelSkip[];
  readonly #decoders: readonly DecoderStage[];
  /** Full resolution first. */
  readonly #scores: readonly ScoreLayer[];
  readonly #parts: ReadonlyMap<string, Module>;

  /** @throws `UNSUPPORTED_CAPABILITY` when the levels' strides do not fit */
  constructor(config: UnetrConfig, context: HeadContext) {
    const { featureSize, deepSupervision } = config;
    const { numClasses, random } = context;
    const plan = planUnetr(context.levels, featureSize);
    const depth = plan.stages.length;
    this.numClasses = numClasses;
    this.#volumeSkip = new VolumeSkip(context.inChannels, featureSize, random.stream('encoder1'));
    this.#levelSkips = plan.stages.map(
      ({ levelChannels, channels, skip }, index) =>
        new LevelSkip(levelChannels, channels, skip, random.stream(`encoder${depth + 1 - index}`)),
    );
    const widths = [plan.bottomChannels, ...plan.stages.map(({ channels }) => channels)];
    const ups = [...plan.stages.map(({ up }) => up), plan.finalUp];
    this.#decoders = ups.map((factors, index) => {
      const outChannels = featureSize * 2 ** (depth - index);
      const stream = random.stream(`decoder${depth + 2 - index}`);
      return new DecoderStage(widths[index] ?? featureSize, outChannels, factors, stream);
    });
    const scored = deepSupervision ? depth : 1;
    this.#scores = Array.from(
      { length: scored },
      (_, stage) =>
        new ScoreLayer(featureSize * 2 ** stage, numClasses, random.stream('out', stage)),
    );
    this.#parts = this.#named();
  }

  logits(
    volumes: tf.Tensor5D,
    pyramid: readonly tf.Tensor5D[],
    context?: ForwardContext,
  ): [tf.Tensor5D, ...tf.Tensor5D[]] {
    const bottom = pyramid.at(-1);
    if (!bottom || pyramid.length !== this.#decoders.length) throw this.#wrongPyramid(pyramid);
    const scored = context?.training ? this.#scores : this.#scores.slice(0, 1);
    return tf.tidy(() => {
      const levels = pyramid.slice(0, -1).reverse();
      const skips = [
        ...this.#levelSkips.map((skip, index) => skip.call(levels[index] ?? bottom)),
        this.#volumeSkip.call(volumes),
      ];
      const maps: tf.Tensor5D[] = []; // shallow to deep
      this.#decoders.reduce((x, decoder, index) => {
        const y = decoder.call(x, skips[index] ?? x);
        maps.unshift(y);
        return y;
      }, bottom);
      const [full, ...coarser] = scored.map((score, stage) => score.call(maps[stage] ?? bottom));
      return [full ?? bottom, ...coarser];
    });
  }

  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.#parts].flatMap(([name, part]) => [...prefixed(name, part)]));
  }

  dispose(): void {
    for (const part of this.#parts.values()) part.dispose();
  }

  /** Parts by MONAI's names, shallow to deep and back. */
  #named(): ReadonlyMap<string, Module> {
    const depth = this.#levelSkips.length;
    const skips = this.#levelSkips.map(
      (skip, index) => [`encoder${depth + 1 - index}`, skip] as const,
    );
    const decoders = this.#decoders.map(
      (stage, index) => [`decoder${depth + 2 - index}`, stage] as const,
    );
    const scores = this.#scores.map(
      (score, stage) => [stage === 0 ? 'out' : `deepOut${stage}`, score] as const,
    );
    return new Map<string, Module>([
      ['encoder1', this.#volumeSkip],
      ...skips.reverse(),
      ...decoders,
      ...scores,
    ]);
  }

  #wrongPyramid(pyramid: readonly tf.Tensor5D[]): VoxmimError {
    return new VoxmimError(
      'SHAPE_MISMATCH',
      `This UNETR head was built for ${this.#decoders.length} feature levels but got ${pyramid.length}.`,
      'Give it the pyramid of the encoder whose levels it was built from.',
      { expected: `${this.#decoders.length} levels`, received: [pyramid.length] },
    );
  }
}

/** UNETR by name, for a registry of heads. */
export const unetrDefinition: ComponentDefinition<
  typeof UnetrConfig,
  HeadContext,
  SegmentationHead
> = {
  name: 'unetr',
  config: UnetrConfig,
  create: (config, context) => new UnetrHead(config, context),
};
