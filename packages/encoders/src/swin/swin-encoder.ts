import {
  mapAxes,
  tile,
  zipAxes,
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type ForwardContext,
  type MaskTokenEncoder,
  type Random,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import { LayerNorm, layerNorm, Module, patchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { checkVolumes } from '../input.js';
import { fillHidden } from '../fill-hidden.js';
import { PatchEmbed } from '../patch-embed.js';
import { SwinConfig, swinPresets } from './config.js';
import { SwinStage } from './swin-stage.js';

/**
 * Swin Transformer in 3D: attention in shifted windows, merging tokens between stages.
 *
 * The last level ends in a norm of its own; the others are normalized without parameters, as
 * MONAI's `proj_out` does. Windows cannot drop tokens, so this works with SimMIM, not with MAE.
 *
 * Source: Liu et al., arXiv:2103.14030 and arXiv:2106.13230; numbers as MONAI's `SwinTransformer`
 * with "mergingv2", but for grids that windows do not tile or are smaller than a window, where the
 * mask and the bias there are wrong (see `windowMask`, `relativeBias`).
 */
export class SwinEncoder extends Module implements MaskTokenEncoder {
  readonly name = 'swin';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount: number;
  readonly maskTokenDim: number;

  readonly patchEmbed: PatchEmbed;
  readonly layers: SwinStage[];
  readonly norm: LayerNorm;
  readonly #config: SwinConfig;

  /** @throws `SHAPE_MISMATCH` when the stride of the last level does not divide the input */
  constructor(config: SwinConfig, { inputShape, inChannels, random }: EncoderContext) {
    super();
    const { patchSize, embedDim, epsilon, depths } = config;
    this.#config = config;
    this.levels = levelsOf(config);
    tile(inputShape, this.levels.at(-1)?.stride ?? patchSize);
    const gridShape = tile(inputShape, patchSize);
    this.geometry = { inputShape, inChannels, patchSize, gridShape, embedDim };
    this.layerCount = 1 + depths.reduce((sum, depth) => sum + depth, 0);
    this.maskTokenDim = embedDim;

    this.patchEmbed = new PatchEmbed({
      ...{ patchSize, inChannels, embedDim, epsilon },
      norm: config.patchNorm,
      random: random.stream('patchEmbed'),
    });
    this.layers = createStages(config, gridShape, random.stream('layers'));
    this.norm = new LayerNorm(this.levels.at(-1)?.channels ?? embedDim, { epsilon });
  }

  encodeWithMaskToken(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    maskToken: tf.Variable,
    context?: ForwardContext,
  ): tf.Tensor5D {
    return tf.tidy(() => {
      const filled = fillHidden(volumes, mask, maskToken, this.geometry, (patches) =>
        this.patchEmbed.call(patches),
      );
      return this.norm.call(this.#outputs(this.#onGrid(filled), context).last);
    });
  }

  pyramid(volumes: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D[] {
    checkVolumes(volumes, this.geometry);
    return tf.tidy(() => {
      const tokens = this.patchEmbed.call(patchify(volumes, this.geometry.patchSize));
      const { shallow, last } = this.#outputs(this.#onGrid(tokens), context);
      return [...shallow.map((level) => this.#normalize(level)), this.norm.call(last)];
    });
  }

  /**
   * The embedding is layer 0, every block one more; a merge goes with the block before it, a
   * stage's convolution with the block behind it.
   */
  layerOf(name: string): number {
    const { depths } = this.#config;
    const [, stage, block] = /^layers\.(\d+)\.(?:blocks\.(\d+)|downsample|conv)\./.exec(name) ?? [];
    if (stage === undefined) return name.startsWith('patch_embed.') ? 0 : this.layerCount - 1;
    const before = depths.slice(0, Number(stage)).reduce((sum, depth) => sum + depth, 0);
    if (name.includes('.conv.')) return before + 1;
    return before + (block === undefined ? (depths[Number(stage)] ?? 1) : Number(block) + 1);
  }

  #outputs(
    tokens: tf.Tensor5D,
    context?: ForwardContext,
  ): { readonly shallow: tf.Tensor5D[]; readonly last: tf.Tensor5D } {
    const stages: tf.Tensor5D[] = [];
    let grid = tokens;
    const merges: tf.Tensor5D[] = [tokens];
    this.layers.forEach((stage, index) => {
      const own = context && { ...context, random: context.random.stream('stage', index) };
      const { blocks, merged } = stage.call(grid, own);
      stages.push(blocks);
      merges.push(merged);
      grid = merged;
    });
    const outputs = this.#config.levels === 'stages' ? stages : merges;
    return { shallow: outputs.slice(0, -1), last: outputs.at(-1) ?? tokens };
  }

  #normalize(level: tf.Tensor5D): tf.Tensor5D {
    const channels = level.shape[4];
    return layerNorm(level, tf.ones([channels]), tf.zeros([channels]), this.#config.epsilon);
  }

  #onGrid(tokens: tf.Tensor3D): tf.Tensor5D {
    return tf.reshape(tokens, [-1, ...this.geometry.gridShape, this.geometry.embedDim]);
  }
}

/** {@link SwinEncoder} under the name `swin`. */
export const swinDefinition: ComponentDefinition<typeof SwinConfig, EncoderContext, Encoder> = {
  name: 'swin',
  config: SwinConfig,
  presets: swinPresets,
  offers: ['encodeWithMaskToken', 'hierarchicalLevels'],
  create: (config, context) => new SwinEncoder(config, context),
};

function mergeFactor({ merging }: SwinConfig): Shape3 {
  return merging === 'isotropic' ? [2, 2, 2] : [1, 2, 2];
}

function levelsOf(config: SwinConfig): FeatureLevel[] {
  const { patchSize, embedDim, depths, levels } = config;
  const count = depths.length + (levels === 'swinUnetr' ? 1 : 0);
  return Array.from({ length: count }, (_, level) => ({
    channels: embedDim * 2 ** level,
    stride: mapAxes(patchSize, (size, axis) => size * mergeFactor(config)[axis] ** level),
  }));
}

function createStages(config: SwinConfig, gridShape: Shape3, random: Random): SwinStage[] {
  const { depths, dropPathRate, levels } = config;
  const factor = mergeFactor(config);
  const blocks = depths.reduce((sum, depth) => sum + depth, 0);
  let grid = gridShape;
  let done = 0;
  return depths.map((depth, stage) => {
    const merges = levels === 'swinUnetr' || stage < depths.length - 1;
    const dropPathRates = Array.from(
      { length: depth },
      (_, index) => (dropPathRate * (done + index)) / Math.max(blocks - 1, 1),
    );
    const built = new SwinStage(config, {
      ...{ stage, gridShape: grid, dropPathRates },
      mergeFactor: merges ? factor : null,
      random: random.stream(stage),
    });
    done += depth;
    grid = zipAxes(grid, factor, (extent, by) => extent / by);
    return built;
  });
}
