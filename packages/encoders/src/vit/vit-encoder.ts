import {
  tile,
  volumeOf,
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type ForwardContext,
  type MaskTokenEncoder,
  type TokenMask,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import {
  buffer,
  LayerNorm,
  Module,
  parameter,
  patchify,
  runBlocks,
  sincosPosition3d,
  takeTokens,
  tokenIds,
  TransformerBlock,
  truncatedNormal,
} from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { fillHidden } from '../fill-hidden.js';
import { checkMask, checkVolumes } from '../input.js';
import { PatchEmbed } from '../patch-embed.js';
import { VitConfig, vitPresets } from './config.js';
import { levelBlocksOf } from './level-blocks.js';

/**
 * A plain Vision Transformer over 3D patches, without a class token.
 *
 * Tokens are in row-major `[depth, height, width]` order of the grid; parameters carry timm's
 * names. Feature levels all have the stride of a token: the outputs of some blocks, then the final
 * norm.
 *
 * Source: Dosovitskiy et al., arXiv:2010.11929; numbers as MONAI's `ViT` with `proj_type`
 * "perceptron", less the parameters it builds and never uses (class token, cross-attention).
 */
export class VitEncoder extends Module implements VisibleTokenEncoder, MaskTokenEncoder {
  readonly name = 'vit';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount: number;
  readonly maskTokenDim: number;

  readonly patchEmbed: PatchEmbed;
  /** `[1, L, embedDim]`; a buffer where positions are sines and cosines. */
  readonly posEmbed: tf.Variable<tf.Rank.R3>;
  readonly blocks: TransformerBlock[];
  readonly norm: LayerNorm;
  readonly #levelBlocks: readonly number[];
  readonly #finalNorm: boolean;

  /** @throws `SHAPE_MISMATCH` when the patch size does not divide the input */
  constructor(config: VitConfig, { inputShape, inChannels, random }: EncoderContext) {
    super();
    const { patchSize, embedDim, depth, epsilon } = config;
    const gridShape = tile(inputShape, patchSize);
    this.geometry = { inputShape, inChannels, patchSize, gridShape, embedDim };
    this.#levelBlocks = levelBlocksOf(config);
    this.levels = [...this.#levelBlocks, 0].map(() => ({ channels: embedDim, stride: patchSize }));
    this.layerCount = depth + 1;
    this.maskTokenDim = embedDim;
    this.#finalNorm = config.finalNorm;

    this.patchEmbed = new PatchEmbed({
      ...{ patchSize, inChannels, embedDim },
      random: random.stream('patchEmbed'),
    });
    this.posEmbed = createPositions(config, this.geometry, random.stream('posEmbed'));
    this.blocks = createBlocks(config, random.stream('blocks'));
    this.norm = new LayerNorm(embedDim, { epsilon });
  }

  encodeVisible(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Tensor3D {
    return tf.tidy(() => {
      const tokens = this.#embedVisible(volumes, mask);
      return this.#finish(runBlocks(this.blocks, tokens, context).at(-1) ?? tokens);
    });
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
      const tokens: tf.Tensor3D = tf.add(filled, this.posEmbed);
      return this.#onGrid(this.#finish(runBlocks(this.blocks, tokens, context).at(-1) ?? tokens));
    });
  }

  pyramid(volumes: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D[] {
    checkVolumes(volumes, this.geometry);
    return tf.tidy(() => {
      const patches = patchify(volumes, this.geometry.patchSize);
      const tokens: tf.Tensor3D = tf.add(this.patchEmbed.call(patches), this.posEmbed);
      const outputs = runBlocks(this.blocks, tokens, context);
      const after = (block: number) => outputs[block - 1] ?? tokens;
      const last = this.norm.call(after(this.blocks.length));
      return [...this.#levelBlocks.map(after), last].map((level) => this.#onGrid(level));
    });
  }

  /**
   * The layers of MAE's fine-tuning: the embedding is 0, block `i` is `i + 1`. The final norm goes
   * with the last block; MAE gives it the head's layer, which is not the encoder's to name.
   */
  layerOf(name: string): number {
    const block = /^blocks\.(\d+)\./.exec(name)?.[1];
    if (block !== undefined) return Number(block) + 1;
    return /^(patch_embed\.|pos_embed$)/.test(name) ? 0 : this.layerCount - 1;
  }

  /** Embeds the visible patches only: what is hidden never enters a product. */
  #embedVisible(volumes: tf.Tensor5D, mask: TokenMask): tf.Tensor3D {
    checkVolumes(volumes, this.geometry);
    checkMask(mask, volumes, this.geometry);
    const { patchSize, embedDim } = this.geometry;
    const ids = tokenIds(mask.visibleIds, mask.batchSize);
    const patches = takeTokens(patchify(volumes, patchSize), ids);
    const positions = takeTokens(this.posEmbed, tf.reshape(ids, [1, -1]));
    return tf.add(this.patchEmbed.call(patches), tf.reshape(positions, [...ids.shape, embedDim]));
  }

  #finish(tokens: tf.Tensor3D): tf.Tensor3D {
    return this.#finalNorm ? this.norm.call(tokens) : tokens;
  }

  #onGrid(tokens: tf.Tensor3D): tf.Tensor5D {
    const { gridShape, embedDim } = this.geometry;
    return tf.reshape(tokens, [-1, ...gridShape, embedDim]);
  }
}

/** {@link VitEncoder} under the name `vit`. */
export const vitDefinition: ComponentDefinition<typeof VitConfig, EncoderContext, Encoder> = {
  name: 'vit',
  config: VitConfig,
  presets: vitPresets,
  offers: ['encodeVisible', 'encodeWithMaskToken'],
  create: (config, context) => new VitEncoder(config, context),
};

function createPositions(
  { positions }: VitConfig,
  { gridShape, embedDim }: EncoderGeometry,
  random: EncoderContext['random'],
): tf.Variable<tf.Rank.R3> {
  return positions === 'sincos'
    ? buffer(() => sincosPosition3d(gridShape, embedDim))
    : parameter(() => truncatedNormal<tf.Rank.R3>([1, volumeOf(gridShape), embedDim], random));
}

function createBlocks(config: VitConfig, random: EncoderContext['random']): TransformerBlock[] {
  const { embedDim, depth, numHeads, mlpRatio, qkvBias, dropPathRate, epsilon } = config;
  return Array.from(
    { length: depth },
    (_, index) =>
      new TransformerBlock(embedDim, {
        numHeads,
        mlpRatio,
        qkvBias,
        epsilon,
        dropPathRate: (dropPathRate * index) / Math.max(depth - 1, 1),
        random: random.stream(index),
      }),
  );
}
