import type {
  ComponentDefinition,
  ForwardContext,
  HeadContext,
  SegmentationHead,
} from '@voxmim/core';
import { Conv3d, dropChannels, Module, resizeLinear } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { checkPyramid } from '../check-pyramid.js';
import { planLevels } from './level-pyramid.js';
import { gridOf, LevelScaling, NormedConv, PyramidPooling } from './upernet-blocks.js';
import { UpernetConfig } from './upernet-config.js';

/**
 * UPerNet over any encoder's levels: pyramid pooling of the deepest, a feature pyramid down to the
 * shallowest, one fused map at its stride, trilinear upsampling of the scores to voxels.
 *
 * Strides may be any, also other ones along each axis, since maps meet by interpolation. The levels of
 * a plain encoder (ViT) all have one stride and are brought to 4, 8, 16, … first.
 *
 * Normalizes by groups where the 2D original has BatchNorm: 3D crops train in batches of one or two,
 * whose statistics are noise, and instance norm would erase the single cell of the coarsest pooling.
 *
 * Source: Xiao et al., arXiv:1807.10221; mmsegmentation's `UPerHead` (whose names the parameters
 * carry), plain levels as in BEiT's `fpn1` … `fpn4`, but averaging in place of max pooling and the
 * upsampling going to the head's width at once. MIM-Med3D's port differs: BatchNorm, one 3×3×3
 * convolution shared by all levels, a pyramid that does not cascade (`cascaded: false`).
 */
export class UpernetHead extends Module implements SegmentationHead {
  readonly name = 'upernet';
  readonly numClasses: number;
  /** Shallow to deep; without parameters where an encoder has levels of different strides. */
  readonly rescale: readonly LevelScaling[];
  readonly ppm: PyramidPooling;
  /** For all levels but the deepest, as the next. */
  readonly lateralConvs: readonly NormedConv[];
  readonly fpnConvs: readonly NormedConv[];
  readonly fpnBottleneck: NormedConv;
  readonly convSeg: Conv3d;
  /** For the levels between the shallowest and the deepest. */
  readonly deepOut: readonly Conv3d[];
  readonly #config: UpernetConfig;

  constructor(config: UpernetConfig, context: HeadContext) {
    super();
    const { levels, inputShape, numClasses, random } = context;
    const { channels, channelsPerGroup, poolScales, deepSupervision } = config;
    const width = { channels, groups: channels / channelsPerGroup };
    const shallow = levels.slice(0, -1);
    this.#config = config;
    this.numClasses = numClasses;
    this.rescale = planLevels(levels, inputShape).map((change, index) => {
      const from = levels[index]?.channels ?? channels;
      return new LevelScaling(from, width, change, random.stream('rescale', index));
    });
    const widthOf = (level: number) => this.rescale.at(level)?.channels ?? channels;
    this.ppm = new PyramidPooling(widthOf(-1), width, poolScales, random.stream('ppm'));
    this.lateralConvs = shallow.map(
      (_, index) => new NormedConv(widthOf(index), width, 1, random.stream('lateral', index)),
    );
    this.fpnConvs = shallow.map(
      (_, index) => new NormedConv(channels, width, 3, random.stream('fpn', index)),
    );
    this.fpnBottleneck = new NormedConv(
      levels.length * channels,
      width,
      3,
      random.stream('fpnBottleneck'),
    );
    const score = (key: string, index = 0) =>
      new Conv3d(channels, numClasses, [1, 1, 1], { random: random.stream(key, index) });
    this.convSeg = score('convSeg');
    this.deepOut = deepSupervision
      ? shallow.slice(1).map((_, index) => score('deepOut', index))
      : [];
  }

  logits(
    volumes: tf.Tensor5D,
    pyramid: readonly tf.Tensor5D[],
    context?: ForwardContext,
  ): [tf.Tensor5D, ...tf.Tensor5D[]] {
    checkPyramid(this.name, this.rescale.length, pyramid);
    return tf.tidy(() => {
      const maps = this.#featurePyramid(pyramid);
      const scores = this.convSeg.call(this.#fuse(maps, context));
      const supervised = context?.training ? maps.slice(1, -1) : [];
      const coarser = supervised.flatMap((map, index) => this.deepOut[index]?.call(map) ?? []);
      return [resizeLinear(scores, gridOf(volumes)), ...coarser];
    });
  }

  /** One map per level, shallow to deep, all of the head's width. */
  #featurePyramid(pyramid: readonly tf.Tensor5D[]): tf.Tensor5D[] {
    const levels = pyramid.flatMap((level, index) => this.rescale[index]?.call(level) ?? []);
    const deepest = this.ppm.call(checkPyramid(this.name, this.rescale.length, levels));
    const joined = [deepest];
    let above = deepest;
    for (const [index, lateral] of [...this.lateralConvs.entries()].reverse()) {
      const own = lateral.call(levels[index] ?? deepest);
      const sum: tf.Tensor5D = tf.add(own, resizeLinear(above, gridOf(own)));
      joined.unshift(sum);
      above = this.#config.cascaded ? sum : own;
    }
    return joined.map((map, index) => this.fpnConvs[index]?.call(map) ?? map);
  }

  #fuse(maps: readonly tf.Tensor5D[], context?: ForwardContext): tf.Tensor5D {
    const [finest] = maps;
    const resized = maps.map((map) => resizeLinear(map, gridOf(finest ?? map)));
    const fused = this.fpnBottleneck.call(tf.concat(resized, 4));
    return dropChannels(fused, this.#config.dropRate, 'upernet', context);
  }
}

/** UPerNet by name, for a registry of heads. */
export const upernetDefinition: ComponentDefinition<
  typeof UpernetConfig,
  HeadContext,
  SegmentationHead
> = {
  name: 'upernet',
  config: UpernetConfig,
  create: (config, context) => new UpernetHead(config, context),
};
