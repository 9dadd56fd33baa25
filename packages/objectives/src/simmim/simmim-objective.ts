import {
  encodesWithMaskToken,
  volumeOf,
  type ComponentDefinition,
  type ForwardContext,
  type MaskTokenEncoder,
  type Objective,
  type ObjectiveContext,
  type Random,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import { Linear, normal, parameter, patchify, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { unsupported } from '../capability.js';
import { HiddenPatchObjective } from '../hidden-patch-objective.js';
import { chooseTokens, type TokenChoice } from '../target.js';
import { SimmimConfig } from './config.js';

/**
 * SimMIM: the encoder sees the whole grid with a learned token where tokens are hidden; one linear
 * layer over its deepest features predicts voxels, and the loss is taken on the hidden ones or,
 * with `lossOn: 'all'`, on all.
 *
 * The deepest features of a hierarchical encoder are coarser than tokens: each cell predicts all
 * the voxels under it. `normPixLoss` standardizes tokens, never whole cells.
 *
 * Source: Xie et al., arXiv:2111.09886; microsoft/SimMIM. The linear layer over a cell is its 1 × 1
 * convolution and pixel shuffle; its `1e-5` in the denominator is left out, as a mask hides at
 * least one token. MIM-Med3D's ViT is the same with `finalNorm: false` and `tokenStd: 1`.
 */
export class SimmimObjective extends HiddenPatchObjective {
  override readonly name = 'simmim';

  /** `[maskTokenDim]` */
  readonly maskToken: tf.Variable<tf.Rank.R1>;
  /** Voxels of a cell from its features, in the order of `patchify`. */
  readonly decoder: Linear;
  readonly #encoder: MaskTokenEncoder;
  readonly #cellSize: Shape3;

  constructor(encoder: MaskTokenEncoder, config: SimmimConfig, random: Random) {
    super(encoder, config);
    const { patchSize, inChannels, embedDim } = encoder.geometry;
    const { stride, channels } = encoder.levels.at(-1) ?? { stride: patchSize, channels: embedDim };
    this.#encoder = encoder;
    this.#cellSize = stride;
    this.maskToken = parameter(() =>
      normal(config.tokenStd)<tf.Rank.R1>([encoder.maskTokenDim], random.stream('maskToken')),
    );
    this.decoder = new Linear(channels, volumeOf(stride) * inChannels, {
      random: random.stream('decoder'),
    });
  }

  /** @returns `[B, K, pd · ph · pw · C]`, of the chosen tokens */
  protected override predict(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    choice: TokenChoice,
    context?: ForwardContext,
  ): tf.Tensor3D {
    const { patchSize } = this.#encoder.geometry;
    const features = this.#encoder.encodeWithMaskToken(volumes, mask, this.maskToken, context);
    const [batch, depth, height, width, channels] = features.shape;
    const cells: tf.Tensor3D = tf.reshape(features, [batch, depth * height * width, channels]);
    // A linear layer commutes with the choice of tokens: where cells are tokens, choose first.
    if (this.#cellSize.join() === patchSize.join())
      return this.decoder.call(chooseTokens(cells, choice));
    const whole = unpatchify(this.decoder.call(cells), [depth, height, width], this.#cellSize);
    return chooseTokens(patchify(whole, patchSize), choice);
  }
}

/**
 * {@link SimmimObjective} under the name `simmim`.
 *
 * Creating it throws `UNSUPPORTED_CAPABILITY` over an encoder that takes no mask token.
 */
export const simmimDefinition: ComponentDefinition<
  typeof SimmimConfig,
  ObjectiveContext,
  Objective
> = {
  name: 'simmim',
  config: SimmimConfig,
  needs: ['encodeWithMaskToken'],
  create(config, { encoder, random }) {
    if (encodesWithMaskToken(encoder)) return new SimmimObjective(encoder, config, random);
    throw unsupported(encoder.name, 'encodeWithMaskToken', 'Choose another encoder or objective.');
  },
};
