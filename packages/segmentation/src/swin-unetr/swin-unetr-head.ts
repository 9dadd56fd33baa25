import {
  type ComponentDefinition,
  extent,
  type FeatureLevel,
  type ForwardContext,
  type HeadContext,
  type SegmentationHead,
  type Shape3,
  VoxmimError,
  zipAxes,
} from '@voxmim/core';
import { type Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { checkPyramid } from '../check-pyramid.js';
import { DecoderStage, ResidualSkip, ScoreLayer } from '../unetr/unetr-blocks.js';

/** Options of {@link SwinUnetrHead}. */
export const SwinUnetrConfig = z.strictObject({
  featureSize: extent
    .optional()
    .describe("Channels at full resolution; without it those of the shallowest level, as MONAI's."),
  deepSupervision: z
    .boolean()
    .default(false)
    .describe('In training, also score the coarser decoder stages but the deepest.'),
});
export type SwinUnetrConfig = z.infer<typeof SwinUnetrConfig>;

/**
 * Swin UNETR's convolutional decoder over the levels of a hierarchical encoder: residual blocks with
 * instance norm on the skips, and a decoder that goes up level by level, as wide as each level is.
 *
 * Over the five levels of a Swin encoder with `levels: swinUnetr` and tokens of 2 it is MONAI's,
 * parameter for parameter and under MONAI's names (`encoder1` … `encoder4`, `encoder10`, `decoder5` …
 * `decoder1`, `out`). The level before the deepest joins as it is. Other numbers of levels, widths and
 * strides, uneven ones too, are ours; the last step up is one transposed convolution from the
 * shallowest level to voxels.
 *
 * Source: Hatamizadeh et al., arXiv:2201.01266; MONAI `networks/nets/swin_unetr.py`. Deep supervision
 * is ours.
 */
export class SwinUnetrHead implements SegmentationHead {
  readonly name = 'swinUnetr';
  readonly numClasses: number;
  readonly #volumeSkip: ResidualSkip;
  /** Shallow to deep, for all levels but the last two. */
  readonly #skips: readonly ResidualSkip[];
  readonly #bottom: ResidualSkip;
  /** Shallow to deep: the first one ends at voxels, the next at the shallowest level. */
  readonly #decoders: readonly DecoderStage[];
  readonly #out: ScoreLayer;
  /** Shallow to deep, for all levels but the last two. */
  readonly #deepOut: readonly ScoreLayer[];

  /** @throws `UNSUPPORTED_CAPABILITY` unless each level is coarser than the one before, by whole factors */
  constructor({ featureSize, deepSupervision }: SwinUnetrConfig, context: HeadContext) {
    const { levels, inChannels, numClasses, random } = context;
    const factors = upsamplingFactors(levels);
    const widths = levels.map(({ channels }) => channels);
    const bottom = widths.at(-1) ?? 1;
    const width = featureSize ?? widths[0] ?? bottom;
    const skipped = widths.slice(0, -2);
    const skip = (key: string, from: number, to = from) =>
      new ResidualSkip(from, to, random.stream(key));
    this.numClasses = numClasses;
    this.#volumeSkip = skip('encoder1', inChannels, width);
    this.#skips = skipped.map((channels, index) => skip(`encoder${index + 2}`, channels));
    this.#bottom = skip('encoder10', bottom);
    this.#decoders = widths.map((below, index) => {
      const channels = index === 0 ? width : (widths[index - 1] ?? width);
      const stream = random.stream(`decoder${index + 1}`);
      return new DecoderStage(below, channels, factors[index] ?? [1, 1, 1], stream);
    });
    this.#out = new ScoreLayer(width, numClasses, random.stream('out'));
    this.#deepOut = (deepSupervision ? skipped : []).map(
      (channels, index) => new ScoreLayer(channels, numClasses, random.stream('deepOut', index)),
    );
  }

  logits(
    volumes: tf.Tensor5D,
    pyramid: readonly tf.Tensor5D[],
    context?: ForwardContext,
  ): [tf.Tensor5D, ...tf.Tensor5D[]] {
    const deepest = checkPyramid(this.name, this.#decoders.length, pyramid);
    return tf.tidy(() => {
      const skips = [volumes, ...pyramid.slice(0, -1)].map((level, index) =>
        this.#skip(level, index),
      );
      const maps: tf.Tensor5D[] = []; // shallow to deep, at voxels first
      let x = this.#bottom.call(deepest);
      for (const [index, decoder] of [...this.#decoders.entries()].reverse()) {
        x = decoder.call(x, skips[index] ?? x);
        maps.unshift(x);
      }
      const supervised = context?.training ? maps.slice(1) : [];
      const coarser = supervised.flatMap((map, index) => this.#deepOut[index]?.call(map) ?? []);
      return [this.#out.call(x), ...coarser];
    });
  }

  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map(this.#parts().flatMap(([name, part]) => [...prefixed(name, part)]));
  }

  dispose(): void {
    for (const [, part] of this.#parts()) part.dispose();
  }

  /** What joins decoder `index`. */
  #skip(level: tf.Tensor5D, index: number): tf.Tensor5D {
    const block = index === 0 ? this.#volumeSkip : this.#skips[index - 1];
    return block ? block.call(level) : level;
  }

  #parts(): [name: string, part: Module][] {
    const numbered = (name: string, first: number, parts: readonly Module[]) =>
      parts.map((part, index): [string, Module] => [`${name}${index + first}`, part]);
    return [
      ['encoder1', this.#volumeSkip],
      ...numbered('encoder', 2, this.#skips),
      ['encoder10', this.#bottom],
      ...numbered('decoder', 1, this.#decoders).reverse(),
      ['out', this.#out],
      ...numbered('deepOut', 1, this.#deepOut),
    ];
  }
}

/** Swin UNETR's head by name, for a registry of heads. */
export const swinUnetrDefinition: ComponentDefinition<
  typeof SwinUnetrConfig,
  HeadContext,
  SegmentationHead
> = {
  name: 'swinUnetr',
  config: SwinUnetrConfig,
  needs: ['hierarchicalLevels'],
  create: (config, context) => new SwinUnetrHead(config, context),
};

/** Of each level: the factors from it to the next finer one, the first one's to voxels. */
function upsamplingFactors(levels: readonly FeatureLevel[]): Shape3[] {
  if (levels.length === 0) throw unsupported('has no feature levels');
  return levels.map(({ stride }, index) => {
    const finer: Shape3 = levels[index - 1]?.stride ?? [1, 1, 1];
    const factors = zipAxes(stride, finer, (coarse, fine) => coarse / fine);
    const rises = factors.every(Number.isInteger) && factors.some((factor) => factor > 1);
    if (rises || index === 0) return factors;
    throw unsupported(
      `has a level of stride [${stride.join(', ')}] after one of [${finer.join(', ')}]`,
    );
  });
}

function unsupported(fact: string): VoxmimError {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `The encoder ${fact}, so a Swin UNETR head does not fit it.`,
    'Use a hierarchical encoder such as swin, or the head unetr or upernet.',
    { component: 'swinUnetr', capability: 'levels that get coarser by whole factors' },
  );
}
