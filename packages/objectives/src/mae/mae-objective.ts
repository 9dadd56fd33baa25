import {
  encodesVisible,
  volumeOf,
  type ComponentDefinition,
  type ForwardContext,
  type Objective,
  type ObjectiveContext,
  type Random,
  type TokenMask,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import {
  buffer,
  LayerNorm,
  Linear,
  linearInitializers,
  normal,
  parameter,
  hiddenPlaces,
  putTokens,
  runBlocks,
  sincosPosition3d,
  TransformerBlock,
  visibleTokens,
} from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { unsupported } from '../capability.js';
import { HiddenPatchObjective } from '../hidden-patch-objective.js';
import { chooseTokens, type TokenChoice } from '../target.js';
import { MaeConfig } from './config.js';

/**
 * Masked autoencoder: the encoder sees visible tokens only; a light transformer predicts the voxels
 * of the hidden ones, on which the loss is taken; `lossOn: 'all'` predicts and scores visible ones too.
 *
 * Takes only encoders that can drop tokens, so a windowed backbone is a compile-time error here;
 * use SimMIM for those. Whether the encoder's final norm is applied is the encoder's own option.
 *
 * Source: He et al., arXiv:2111.06377, with the parameter names of facebookresearch/mae. The
 * decoder has no class token, positions may be learned, and only scored tokens are projected to
 * voxels: numbers are the same, work is less.
 */
export class MaeObjective extends HiddenPatchObjective {
  override readonly name = 'mae';

  readonly decoderEmbed: Linear;
  readonly maskToken: tf.Variable<tf.Rank.R3>;
  /** `[1, L, decoderEmbedDim]`; a buffer where positions are sines and cosines. */
  readonly decoderPosEmbed: tf.Variable<tf.Rank.R3>;
  readonly decoderBlocks: TransformerBlock[];
  readonly decoderNorm: LayerNorm;
  readonly decoderPred: Linear;
  readonly #encoder: VisibleTokenEncoder;

  constructor(encoder: VisibleTokenEncoder, config: MaeConfig, random: Random) {
    super(encoder, config);
    const { embedDim } = encoder.geometry;
    const { cellsPerToken, channels } = this.map;
    const { decoderEmbedDim, epsilon, tokenStd } = config;
    const init = linearInitializers[config.decoderInit];
    this.#encoder = encoder;
    this.decoderEmbed = new Linear(embedDim, decoderEmbedDim, {
      ...{ init, random: random.stream('decoderEmbed') },
    });
    this.maskToken = parameter(() =>
      normal(tokenStd)<tf.Rank.R3>([1, 1, decoderEmbedDim], random.stream('maskToken')),
    );
    this.decoderPosEmbed = createPositions(encoder, config, random.stream('decoderPosEmbed'));
    this.decoderBlocks = createBlocks(config, random.stream('decoderBlocks'));
    this.decoderNorm = new LayerNorm(decoderEmbedDim, { epsilon });
    this.decoderPred = new Linear(decoderEmbedDim, volumeOf(cellsPerToken) * channels, {
      ...{ init, random: random.stream('decoderPred') },
    });
  }

  /** @returns `[B, K, P]`, of the chosen tokens */
  protected override predict(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    choice: TokenChoice,
    context?: ForwardContext,
  ): tf.Tensor3D {
    return tf.tidy(() => {
      const latent = this.#encoder.encodeVisible(volumes, mask, context);
      const tokens = this.#fillHidden(this.decoderEmbed.call(latent), mask);
      const decoded = runBlocks(this.decoderBlocks, tokens, context).at(-1) ?? tokens;
      return this.decoderPred.call(this.decoderNorm.call(chooseTokens(decoded, choice)));
    });
  }

  /** Visible tokens at their places, the mask token elsewhere, positions on all: `[B, L, dim]`. */
  #fillHidden(visible: tf.Tensor3D, mask: TokenMask): tf.Tensor3D {
    const length = mask.hidden.length / mask.batchSize;
    const placed = putTokens(visible, visibleTokens(mask), length);
    return tf.add(tf.add(placed, tf.mul(this.maskToken, hiddenPlaces(mask))), this.decoderPosEmbed);
  }
}

/**
 * {@link MaeObjective} under the name `mae`.
 *
 * Creating it throws `UNSUPPORTED_CAPABILITY` over an encoder that cannot drop tokens.
 */
export const maeDefinition: ComponentDefinition<typeof MaeConfig, ObjectiveContext, Objective> = {
  name: 'mae',
  config: MaeConfig,
  needs: ['encodeVisible'],
  create(config, { encoder, random }) {
    if (encodesVisible(encoder)) return new MaeObjective(encoder, config, random);
    throw unsupported(
      encoder.name,
      'encodeVisible',
      'Use SimMIM with this encoder, or MAE with a plain ViT.',
    );
  },
};

function createPositions(
  { geometry: { gridShape } }: VisibleTokenEncoder,
  { decoderEmbedDim, decoderPositions, tokenStd }: MaeConfig,
  random: Random,
): tf.Variable<tf.Rank.R3> {
  const shape: [number, number, number] = [1, volumeOf(gridShape), decoderEmbedDim];
  return decoderPositions === 'sincos'
    ? buffer(() => sincosPosition3d(gridShape, decoderEmbedDim))
    : parameter(() => normal(tokenStd)<tf.Rank.R3>(shape, random));
}

function createBlocks(config: MaeConfig, random: Random): TransformerBlock[] {
  return Array.from(
    { length: config.decoderDepth },
    (_, index) =>
      new TransformerBlock(config.decoderEmbedDim, {
        numHeads: config.decoderNumHeads,
        mlpRatio: config.decoderMlpRatio,
        qkvBias: config.decoderQkvBias,
        epsilon: config.epsilon,
        recompute: config.recomputeBlocks,
        init: linearInitializers[config.decoderInit],
        random: random.stream(index),
      }),
  );
}
