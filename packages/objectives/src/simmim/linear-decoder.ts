import { volumeOf, zipAxes, type Random, type Shape3 } from '@voxmim/core';
import { Linear, patchify, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { chooseTokens, type TokenChoice } from '../target.js';
import type { TokenDecoder } from './token-decoder.js';

/** What a {@link LinearDecoder} predicts. */
export interface LinearDecoderOptions {
  /** Tokens per cell of the features, along each axis. */
  readonly tokensPerCell: Shape3;
  /** Voxels per token, or cells of another map that is predicted. */
  readonly cellsPerToken: Shape3;
  /** Channels of the map. */
  readonly channels: number;
  readonly random: Random;
}

/**
 * One linear layer: each cell predicts all that is under it, in the order of `patchify`.
 *
 * Source: the 1 × 1 convolution and pixel shuffle of microsoft/SimMIM.
 */
export class LinearDecoder extends Linear implements TokenDecoder {
  readonly #options: LinearDecoderOptions;

  constructor(inChannels: number, options: LinearDecoderOptions) {
    const { tokensPerCell, cellsPerToken, channels, random } = options;
    const tokens = volumeOf(tokensPerCell);
    super(inChannels, tokens * volumeOf(cellsPerToken) * channels, { random });
    this.#options = options;
  }

  decode(features: tf.Tensor5D, choice: TokenChoice): tf.Tensor3D {
    const { tokensPerCell, cellsPerToken } = this.#options;
    const [batch, depth, height, width, channels] = features.shape;
    return tf.tidy(() => {
      const cells: tf.Tensor3D = tf.reshape(features, [batch, depth * height * width, channels]);
      // A linear layer commutes with the choice of tokens: where cells are tokens, choose first.
      if (volumeOf(tokensPerCell) === 1) return this.call(chooseTokens(cells, choice));
      const under = zipAxes(tokensPerCell, cellsPerToken, (tokens, size) => tokens * size);
      const whole = unpatchify(this.call(cells), [depth, height, width], under);
      return chooseTokens(patchify(whole, cellsPerToken), choice);
    });
  }
}
