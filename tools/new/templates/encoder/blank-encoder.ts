import {
  tile,
  volumeOf,
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type MaskTokenEncoder,
  type TokenMask,
} from '@voxmim/core';
import { Conv3d, gelu, InstanceNorm, Module, patchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { fillHidden } from '../fill-hidden.js';
import { checkVolumes } from '../input.js';
import { PatchEmbed } from '../patch-embed.js';
import { BlankConfig } from './config.js';

/**
 * Residual 3 × 3 × 3 convolutions over the grid of tokens, at one level. Only visible patches are
 * embedded, and the mask token stands for the others, so that no hidden voxel enters a product.
 */
export class BlankEncoder extends Module implements MaskTokenEncoder {
  readonly name = 'blank';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount: number;
  readonly maskTokenDim: number;

  readonly patchEmbed: PatchEmbed;
  readonly norms: readonly InstanceNorm[];
  readonly convs: readonly Conv3d[];

  /** @throws `SHAPE_MISMATCH` when the patch size does not divide the input */
  constructor(config: BlankConfig, { inputShape, inChannels, random }: EncoderContext) {
    super();
    const { patchSize, embedDim, depth } = config;
    const gridShape = tile(inputShape, patchSize);
    this.geometry = { inputShape, inChannels, patchSize, gridShape, embedDim };
    this.levels = [{ channels: embedDim, stride: patchSize }];
    this.layerCount = 1 + depth;
    this.maskTokenDim = embedDim;
    const embedding = { patchSize, inChannels, embedDim, random: random.stream('patchEmbed') };
    this.patchEmbed = new PatchEmbed(embedding);
    const blocks = Array.from({ length: depth }, (_, block) => block);
    this.norms = blocks.map(() => new InstanceNorm({ channels: embedDim }));
    this.convs = blocks.map((block) => {
      const padding = [1, 1, 1] as const;
      const start = { padding, random: random.stream('convs', block) };
      return new Conv3d(embedDim, embedDim, [3, 3, 3], start);
    });
  }

  encodeWithMaskToken(volumes: tf.Tensor5D, mask: TokenMask, maskToken: tf.Variable): tf.Tensor5D {
    const embed = (patches: tf.Tensor3D) => this.patchEmbed.call(patches);
    return tf.tidy(() => this.#encode(fillHidden(volumes, mask, maskToken, this.geometry, embed)));
  }

  pyramid(volumes: tf.Tensor5D): tf.Tensor5D[] {
    checkVolumes(volumes, this.geometry);
    const { patchSize } = this.geometry;
    return tf.tidy(() => [this.#encode(this.patchEmbed.call(patchify(volumes, patchSize)))]);
  }

  /** The embedding is layer 0, every convolution with its norm one more. */
  layerOf(parameter: string): number {
    const [, block] = /^(?:norms|convs)\.(\d+)/.exec(parameter) ?? [];
    return block === undefined ? 0 : 1 + Number(block);
  }

  /** @param tokens `[B, L, embedDim]` @returns `[B, d, h, w, embedDim]` */
  #encode(tokens: tf.Tensor3D): tf.Tensor5D {
    const { gridShape, embedDim } = this.geometry;
    const batch = tokens.size / (volumeOf(gridShape) * embedDim);
    const cells = tf.reshape<tf.Rank.R5>(tokens, [batch, ...gridShape, embedDim]);
    return this.convs.reduce<tf.Tensor5D>((before, conv, block) => {
      const normed = this.norms[block]?.call(before) ?? before;
      return tf.add(before, gelu(conv.call(normed)));
    }, cells);
  }
}

/** {@link BlankEncoder} under the name `blank`. */
export const blankDefinition: ComponentDefinition<typeof BlankConfig, EncoderContext, Encoder> = {
  name: 'blank',
  config: BlankConfig,
  offers: ['encodeWithMaskToken'],
  create: (config, context) => new BlankEncoder(config, context),
};
