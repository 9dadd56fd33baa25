import {
  tile,
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type ForwardContext,
  type MaskTokenEncoder,
  type ResidualStreamEncoder,
  type TokenMask,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import {
  LayerNorm,
  layerNorm,
  linearInitializers,
  Module,
  parameter,
  patchify,
  runBlocks,
  takeTokens,
  TransformerBlock,
  visibleTokens,
  truncatedNormal,
} from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { fillHidden } from '../fill-hidden.js';
import { checkMask, checkVolumes } from '../input.js';
import { PatchEmbed } from '../patch-embed.js';
import { VitConfig, vitPresets } from './config.js';
import { levelBlocksOf } from './level-blocks.js';
import { createPositions, dropClassToken, prependClassToken } from './vit-embedding.js';

/**
 * A plain Vision Transformer over 3D patches, with a class token on request.
 *
 * Tokens are in row-major `[depth, height, width]` order of the grid; parameters carry timm's
 * names. Feature levels all have the stride of a token: the outputs of some blocks, then the final
 * norm. A class token takes part in attention and nothing else: masks do not know it, and what is
 * encoded or makes a level comes without it.
 *
 * Source: Dosovitskiy et al., arXiv:2010.11929; numbers as MONAI's `ViT` with `proj_type`
 * "perceptron", less the parameters it builds and never uses (a class token beside that of its
 * `classification`, cross-attention).
 */
export class VitEncoder
  extends Module
  implements VisibleTokenEncoder, MaskTokenEncoder, ResidualStreamEncoder
{
  readonly name = 'vit';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount: number;
  readonly maskTokenDim: number;

  readonly patchEmbed: PatchEmbed;
  /** `[1, 1, embedDim]` */
  readonly clsToken: tf.Variable<tf.Rank.R3> | null;
  /**
   * `[1, L, embedDim]`, or `[1, 1 + L, embedDim]` with a class token, whose row is the first; a buffer
   * where positions are sines and cosines.
   */
  readonly posEmbed: tf.Variable<tf.Rank.R3>;
  readonly blocks: TransformerBlock[];
  readonly norm: LayerNorm;
  readonly #levelBlocks: readonly number[];
  readonly #finalNorm: boolean;
  readonly #levelNorm: { readonly epsilon: number } | null;

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
    this.#levelNorm = config.levelNorm ? { epsilon } : null;

    this.patchEmbed = new PatchEmbed({
      ...{ patchSize, inChannels, embedDim, init: linearInitializers[config.init] },
      random: random.stream('patchEmbed'),
    });
    this.clsToken = config.classToken
      ? parameter(() => truncatedNormal<tf.Rank.R3>([1, 1, embedDim], random.stream('clsToken')))
      : null;
    this.posEmbed = createPositions(config, this.geometry, random.stream('posEmbed'));
    this.blocks = createBlocks(config, random.stream('blocks'));
    this.norm = new LayerNorm(embedDim, { epsilon });
  }

  encodeVisible(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Tensor3D {
    return tf.tidy(() => {
      const tokens = this.#embedVisible(volumes, mask);
      return this.#finish(this.#runBlocks(tokens, context).at(-1) ?? tokens);
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
      const tokens: tf.Tensor3D = tf.add(filled, this.#positions());
      return this.#onGrid(this.#finish(this.#runBlocks(tokens, context).at(-1) ?? tokens));
    });
  }

  pyramid(volumes: tf.Tensor5D, context?: ForwardContext): tf.Tensor5D[] {
    return tf.tidy(() => {
      const tokens = this.#embed(volumes);
      const outputs = this.#runBlocks(tokens, context);
      const after = (block: number) => outputs[block - 1] ?? tokens;
      const last = this.norm.call(after(this.blocks.length));
      const levels = this.#levelBlocks.map((block) => this.#normalize(after(block)));
      return [...levels, last].map((level) => this.#onGrid(level));
    });
  }

  streamSize(volumes: tf.Tensor5D): tf.Scalar {
    return tf.tidy(() => {
      const tokens = this.#embed(volumes);
      const last = this.#runBlocks(tokens).at(-1) ?? tokens;
      return tf.sqrt(tf.mean<tf.Scalar>(tf.square(last)));
    });
  }

  divideStream(divisor: number): void {
    const branches = this.blocks.flatMap(({ attn, mlp }) => [attn.proj, mlp.fc2]);
    for (const { weight, bias } of [this.patchEmbed.proj, ...branches]) {
      divide(weight, divisor);
      if (bias) divide(bias, divisor);
    }
    divide(this.posEmbed, divisor);
    if (this.clsToken) divide(this.clsToken, divisor);
  }

  /**
   * The layers of MAE's fine-tuning: the embedding is 0, block `i` is `i + 1`. The final norm goes
   * with the last block; MAE gives it the head's layer, which is not the encoder's to name.
   */
  layerOf(name: string): number {
    const block = /^blocks\.(\d+)\./.exec(name)?.[1];
    if (block !== undefined) return Number(block) + 1;
    return /^(patch_embed\.|pos_embed$|cls_token$)/.test(name) ? 0 : this.layerCount - 1;
  }

  #embed(volumes: tf.Tensor5D): tf.Tensor3D {
    checkVolumes(volumes, this.geometry);
    const patches = patchify(volumes, this.geometry.patchSize);
    return tf.add(this.patchEmbed.call(patches), this.#positions());
  }

  /** Embeds the visible patches only: what is hidden never enters a product. */
  #embedVisible(volumes: tf.Tensor5D, mask: TokenMask): tf.Tensor3D {
    checkVolumes(volumes, this.geometry);
    checkMask(mask, volumes, this.geometry);
    const { patchSize, embedDim } = this.geometry;
    const ids = visibleTokens(mask);
    const patches = takeTokens(patchify(volumes, patchSize), ids);
    const positions = takeTokens(this.#positions(), tf.reshape(ids, [1, -1]));
    return tf.add(this.patchEmbed.call(patches), tf.reshape(positions, [...ids.shape, embedDim]));
  }

  /** The output of each block, without the class token: `[B, K, embedDim]` each. */
  #runBlocks(tokens: tf.Tensor3D, context?: ForwardContext): tf.Tensor3D[] {
    const sequence = prependClassToken(tokens, this.clsToken, this.posEmbed);
    return runBlocks(this.blocks, sequence, context).map((rows) =>
      dropClassToken(rows, this.clsToken),
    );
  }

  /** Those of the grid: `[1, L, embedDim]`. */
  #positions(): tf.Tensor3D {
    return dropClassToken(this.posEmbed, this.clsToken);
  }

  #finish(tokens: tf.Tensor3D): tf.Tensor3D {
    return this.#finalNorm ? this.norm.call(tokens) : tokens;
  }

  #normalize(tokens: tf.Tensor3D): tf.Tensor3D {
    if (!this.#levelNorm) return tokens;
    const { embedDim } = this.geometry;
    return layerNorm(tokens, tf.ones([embedDim]), tf.zeros([embedDim]), this.#levelNorm.epsilon);
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

function divide<R extends tf.Rank>(variable: tf.Variable<R>, divisor: number): void {
  tf.tidy(() => variable.assign(tf.div<tf.Tensor<R>>(variable, divisor)));
}

function createBlocks(config: VitConfig, random: EncoderContext['random']): TransformerBlock[] {
  const { embedDim, depth, numHeads, mlpRatio, qkvBias, dropPathRate, epsilon, init } = config;
  const recompute = config.recomputeBlocks;
  return Array.from(
    { length: depth },
    (_, index) =>
      new TransformerBlock(embedDim, {
        numHeads,
        mlpRatio,
        qkvBias,
        epsilon,
        recompute,
        init: linearInitializers[init],
        dropPathRate: (dropPathRate * index) / Math.max(depth - 1, 1),
        random: random.stream(index),
      }),
  );
}
