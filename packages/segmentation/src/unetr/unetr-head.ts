import {
  type ComponentDefinition,
  extent,
  type ForwardContext,
  type HeadContext,
  type SegmentationHead,
  type Shape3,
} from '@voxmim/core';
import { type Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { checkPyramid } from '../check-pyramid.js';
import { DecoderStage, LevelSkip, ResidualSkip, ScoreLayer } from './unetr-blocks.js';
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
  /** Deep to shallow: what joins a level's skip. */
  readonly #stages: readonly Stage[];
  /** What joins the volume's own skip, at full resolution. */
  readonly #last: { readonly skip: ResidualSkip; readonly decoder: DecoderStage };
  readonly #out: ScoreLayer;
  /** Shallow to deep, from stage 1 on; the deepest stage is not scored. */
  readonly #deepOut: readonly ScoreLayer[];

  /** @throws `UNSUPPORTED_CAPABILITY` when the levels' strides do not fit */
  constructor({ featureSize, deepSupervision }: UnetrConfig, context: HeadContext) {
    const { levels, inChannels, numClasses, random } = context;
    const plan = planUnetr(levels, featureSize);
    const depth = plan.stages.length;
    this.numClasses = numClasses;
    let width = plan.bottomChannels;
    const decoder = (stage: number, channels: number, up: Shape3) => {
      const layer = new DecoderStage(width, channels, up, random.stream(`decoder${stage + 2}`));
      width = channels;
      return layer;
    };
    this.#stages = plan.stages.map(({ levelChannels, channels, skip, up }, index) => {
      const stream = random.stream(`encoder${depth - index + 1}`);
      return {
        skip: new LevelSkip(levelChannels, channels, skip, stream),
        decoder: decoder(depth - index, channels, up),
      };
    });
    this.#last = {
      skip: new ResidualSkip(inChannels, featureSize, random.stream('encoder1')),
      decoder: decoder(0, featureSize, plan.finalUp),
    };
    this.#out = new ScoreLayer(featureSize, numClasses, random.stream('out'));
    this.#deepOut = Array.from(
      { length: deepSupervision ? Math.max(0, depth - 1) : 0 },
      (_, index) => {
        const stream = random.stream('deepOut', index);
        return new ScoreLayer(featureSize * 2 ** (index + 1), numClasses, stream);
      },
    );
  }

  logits(
    volumes: tf.Tensor5D,
    pyramid: readonly tf.Tensor5D[],
    context?: ForwardContext,
  ): [tf.Tensor5D, ...tf.Tensor5D[]] {
    const bottom = checkPyramid(this.name, this.#stages.length + 1, pyramid);
    return tf.tidy(() => {
      const maps: tf.Tensor5D[] = []; // shallow to deep
      let x = bottom;
      for (const [{ skip, decoder }, level] of zip(this.#stages, pyramid.slice(0, -1).reverse())) {
        x = decoder.call(x, skip.call(level));
        maps.unshift(x);
      }
      const { skip, decoder } = this.#last;
      const full = this.#out.call(decoder.call(x, skip.call(volumes)));
      const scored = context?.training ? zip(this.#deepOut, maps) : [];
      return [full, ...scored.map(([score, map]) => score.call(map))];
    });
  }

  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map(this.#parts().flatMap(([name, part]) => [...prefixed(name, part)]));
  }

  dispose(): void {
    for (const [, part] of this.#parts()) part.dispose();
  }

  /** Parts by MONAI's names: skips shallow to deep, decoders deep to shallow, scores. */
  #parts(): [name: string, part: Module][] {
    const depth = this.#stages.length;
    const skips = this.#stages.map(({ skip }, index): [string, Module] => [
      `encoder${depth - index + 1}`,
      skip,
    ]);
    const decoders = this.#stages.map(({ decoder }, index): [string, Module] => [
      `decoder${depth - index + 2}`,
      decoder,
    ]);
    const coarser = this.#deepOut.map((score, index): [string, Module] => [
      `deepOut${index + 1}`,
      score,
    ]);
    const { skip, decoder } = this.#last;
    return [
      ['encoder1', skip],
      ...skips.reverse(),
      ...decoders,
      ['decoder2', decoder],
      ['out', this.#out],
      ...coarser,
    ];
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

interface Stage {
  readonly skip: LevelSkip;
  readonly decoder: DecoderStage;
}

/** Pairs up to the length of the shorter one. */
function zip<Left, Right extends object>(
  left: readonly Left[],
  right: readonly Right[],
): [Left, Right][] {
  return left.flatMap((item, index): [Left, Right][] => {
    const other = right[index];
    return other ? [[item, other]] : [];
  });
}
