import { mapAxes, volumeOf, type Random, type Shape3 } from '@voxmim/core';
import { Conv3d, ConvTranspose3d, gelu, LayerNorm, Linear, Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { chooseTokens, type TokenChoice } from '../target.js';
import type { TokenDecoder } from './token-decoder.js';

/** What a {@link ConvolutionDecoder} predicts. */
export interface ConvolutionDecoderOptions {
  /** Tokens per cell of the features, along each axis. */
  readonly tokensPerCell: Shape3;
  /** Numbers per token. */
  readonly values: number;
  /** Channels of every stage. */
  readonly dim: number;
  readonly random: Random;
}

/**
 * Brings the deepest features to the grid of tokens, doubling the resolution stage by stage, and
 * predicts each token there by one linear layer. Neighbors of a token see each other at every
 * resolution, which a linear layer over coarse cells cannot offer.
 *
 * A stage is a transposed convolution whose kernel is its stride, a 3 × 3 × 3 convolution, a layer
 * norm over channels and a GELU. Where cells are tokens already there is one, of stride 1.
 *
 * Source: in place of the two transposed convolutions of MIM-Med3D's Swin, which jump from cells to
 * voxels in steps of 8 and 4. The layer norm looks at one place only, so it serves grids of any
 * size, one cell included.
 */
export class ConvolutionDecoder extends Module implements TokenDecoder {
  readonly stages: DecoderStage[];
  readonly pred: Linear;

  constructor(inChannels: number, options: ConvolutionDecoderOptions) {
    super();
    const { tokensPerCell, values, dim, random } = options;
    this.stages = stepsOf(tokensPerCell).map(
      (step, at) => new DecoderStage(at === 0 ? inChannels : dim, dim, step, random.stream(at)),
    );
    this.pred = new Linear(dim, values, { random: random.stream('pred') });
  }

  decode(features: tf.Tensor5D, choice: TokenChoice): tf.Tensor3D {
    return tf.tidy(() => {
      const grown = this.stages.reduce((x, stage) => stage.call(x), features);
      const [batch, depth, height, width, dim] = grown.shape;
      const tokens: tf.Tensor3D = tf.reshape(grown, [batch, depth * height * width, dim]);
      return this.pred.call(chooseTokens(tokens, choice));
    });
  }
}

class DecoderStage extends Module {
  readonly up: ConvTranspose3d;
  readonly conv: Conv3d;
  readonly norm: LayerNorm;

  constructor(inChannels: number, dim: number, step: Shape3, random: Random) {
    super();
    this.up = new ConvTranspose3d(inChannels, dim, step, { random: random.stream('up') });
    this.conv = new Conv3d(dim, dim, [3, 3, 3], {
      padding: [1, 1, 1],
      random: random.stream('conv'),
    });
    this.norm = new LayerNorm(dim);
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => gelu(this.norm.call(this.conv.call(this.up.call(x)))));
  }
}

/** Halves each axis while it is even, and takes what is left at once; one step at least. */
function stepsOf(factor: Shape3): Shape3[] {
  const steps: Shape3[] = [];
  for (let rest = factor; volumeOf(rest) > 1 || steps.length === 0;) {
    const step = mapAxes(rest, (size) => (size % 2 === 0 ? 2 : size));
    steps.push(step);
    rest = mapAxes(rest, (size, axis) => size / step[axis]);
  }
  return steps;
}
