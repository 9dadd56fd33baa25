import { volumeOf, type Random, type Shape3 } from '@voxmim/core';
import { Linear, patchify, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { chooseTokens, type TokenChoice } from '../target.js';
import type { TokenDecoder } from './token-decoder.js';

/** What a {@link LinearDecoder} predicts. */
export interface LinearDecoderOptions {
  /** Voxels per token along each axis. */
  readonly patchSize: Shape3;
  /** Voxels per cell of the features. */
  readonly cellSize: Shape3;
  /** Channels per voxel. */
  readonly channels: number;
  readonly random: Random;
}

/**
 * One linear layer: each cell predicts all the voxels under it, in the order of `patchify`.
 *
 * Source: the 1 × 1 convolution and pixel shuffle of microsoft/SimMIM.
 */
export class LinearDecoder extends Linear implements TokenDecoder {
  readonly #options: LinearDecoderOptions;

  constructor(inChannels: number, options: LinearDecoderOptions) {
    const { cellSize, channels, random } = options;
    super(inChannels, volumeOf(cellSize) * channels, { random });
    this.#options = options;
  }

  decode(features: tf.Tensor5D, choice: TokenChoice): tf.Tensor3D {
    const { cellSize, patchSize } = this.#options;
    const [batch, depth, height, width, channels] = features.shape;
    return tf.tidy(() => {
      const cells: tf.Tensor3D = tf.reshape(features, [batch, depth * height * width, channels]);
      // A linear layer commutes with the choice of tokens: where cells are tokens, choose first.
      if (cellSize.join() === patchSize.join()) return this.call(chooseTokens(cells, choice));
      const whole = unpatchify(this.call(cells), [depth, height, width], cellSize);
      return chooseTokens(patchify(whole, patchSize), choice);
    });
  }
}
