import {
  mapAxes,
  tile,
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type ForwardContext,
  type MaskTokenEncoder,
  type Random,
  type TokenMask,
} from '@voxmim/core';
import { Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { checkMask, checkVolumes } from '../input.js';
import { hideVoxels, placeToken } from '../hide-voxels.js';
import { VanConfig, vanPresets } from './config.js';
import { VanStage } from './van-stage.js';

/**
 * Visual Attention Network in 3D: convolutions only, whose large kernels, depthwise and dilated,
 * take the place of attention.
 *
 * Its stem overlaps, so hidden voxels are zero before it and hidden tokens are replaced behind it:
 * without the first a visible token would know its hidden neighbours, without the second a hidden
 * one would be known by what surrounds it alone. It cannot drop tokens: use SimMIM, not MAE.
 *
 * Parameters and running statistics are named as in Visual-Attention-Network and MIM-Med3D, `block2.0.attn.proj_1.weight`.
 * Feature levels are what each stage gives, normalized.
 *
 * Source: Guo et al., arXiv:2202.09741; sizes of MIM-Med3D's `van_3d`, which has no masked model.
 */
export class VanEncoder extends Module implements MaskTokenEncoder {
  readonly name = 'van';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount: number;
  readonly maskTokenDim: number;

  readonly stages: VanStage[];
  readonly #depths: readonly number[];

  /** @throws `SHAPE_MISMATCH` when the stride of the last level does not divide the input */
  constructor(config: VanConfig, { inputShape, inChannels, random }: EncoderContext) {
    super();
    const { patchSize, embedDims, depths } = config;
    const embedDim = embedDims[0] ?? 1;
    this.levels = embedDims.map((channels, level) => ({
      channels,
      stride: mapAxes(patchSize, (size) => size * 2 ** level),
    }));
    tile(inputShape, this.levels.at(-1)?.stride ?? patchSize);
    const gridShape = tile(inputShape, patchSize);
    this.geometry = { inputShape, inChannels, patchSize, gridShape, embedDim };
    this.layerCount = 1 + sum(depths);
    this.maskTokenDim = embedDim;
    this.#depths = depths;
    this.stages = createStages(config, inChannels, random);
  }

  encodeWithMaskToken(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    maskToken: tf.Variable,
    context?: ForwardContext,
  ): tf.Tensor5D {
    checkVolumes(volumes, this.geometry);
    checkMask(mask, volumes, this.geometry);
    return tf.tidy(() => {
      const shown = hideVoxels(volumes, mask, this.geometry.patchSize);
      const fill = (tokens: tf.Tensor5D) => placeToken(tokens, mask, maskToken);
      return this.#run(shown, context, fill).at(-1) ?? shown;
    });
  }

  pyramid(volumes: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D[] {
    checkVolumes(volumes, this.geometry);
    return tf.tidy(() => this.#run(volumes, context));
  }

  /**
   * The stem is layer 0, every block one more; a later embedding goes with the block behind it, a
   * stage's norm with the block before it.
   */
  layerOf(name: string): number {
    const [, part, number, index] = /^([a-z_]+)(\d+)\.(\d+)?/.exec(name) ?? [];
    const stage = Number(number) - 1;
    const before = sum(this.#depths.slice(0, stage));
    if (part === 'block') return before + Number(index) + 1;
    if (part === 'norm') return before + (this.#depths[stage] ?? 0);
    return stage === 0 ? 0 : before + 1;
  }

  override namedParameters(): ReadonlyMap<string, tf.Variable> {
    return publishedNames(super.namedParameters());
  }

  override namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return publishedNames(super.namedBuffers());
  }

  /** The output of each stage; `fill` changes the tokens that the stem makes. */
  #run(
    volumes: tf.Tensor5D,
    context?: ForwardContext,
    fill = (tokens: tf.Tensor5D) => tokens,
  ): tf.Tensor5D[] {
    const outputs: tf.Tensor5D[] = [];
    this.stages.forEach((stage, index) => {
      const own = context && { ...context, random: context.random.stream('stage', index) };
      const tokens = stage.patchEmbed.call(outputs.at(-1) ?? volumes, own);
      outputs.push(stage.encode(index === 0 ? fill(tokens) : tokens, own));
    });
    return outputs;
  }
}

/** {@link VanEncoder} under the name `van`. */
export const vanDefinition: ComponentDefinition<typeof VanConfig, EncoderContext, Encoder> = {
  name: 'van',
  config: VanConfig,
  presets: vanPresets,
  offers: ['encodeWithMaskToken', 'hierarchicalLevels'],
  create: (config, context) => new VanEncoder(config, context),
};

function createStages(config: VanConfig, inChannels: number, random: Random): VanStage[] {
  const { patchSize, embedDims, depths, dropPathRate } = config;
  const blocks = sum(depths);
  return depths.map((depth, stage) => {
    const done = sum(depths.slice(0, stage));
    const dropPathRates = Array.from(
      { length: depth },
      (_, index) => (dropPathRate * (done + index)) / Math.max(blocks - 1, 1),
    );
    return new VanStage(config, {
      ...{ stage, dropPathRates },
      inChannels: embedDims[stage - 1] ?? inChannels,
      stride: stage === 0 ? patchSize : [2, 2, 2],
      random: random.stream('stage', stage),
    });
  });
}

/** `stages.1.block.0.attn.proj1.weight` as `block2.0.attn.proj_1.weight`, and the like. */
function publishedNames(variables: ReadonlyMap<string, tf.Variable>): Map<string, tf.Variable> {
  const renamed = (path: string) =>
    path
      .replace(/^stages\.(\d+)\.(\w+)/, (_, stage, part) => `${part}${Number(stage) + 1}`)
      .replace(/(layer_scale|proj)(\d)/, '$1_$2')
      .replace('.dwconv.', '.dwconv.dwconv.');
  return new Map([...variables].map(([path, variable]) => [renamed(path), variable]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
