import {
  encodesWithMaskToken,
  tile,
  volumeOf,
  type ComponentDefinition,
  type ForwardContext,
  type MaskTokenEncoder,
  type Objective,
  type ObjectiveContext,
  type Random,
  type TokenMask,
} from '@voxmim/core';
import { normal, parameter } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { unsupported } from '../capability.js';
import { HiddenPatchObjective } from '../hidden-patch-objective.js';
import type { TokenChoice } from '../target.js';
import type { TargetMap } from '../target-map.js';
import { SimmimConfig } from './config.js';
import { ConvolutionDecoder } from './convolution-decoder.js';
import { LinearDecoder } from './linear-decoder.js';
import type { TokenDecoder } from './token-decoder.js';

/**
 * SimMIM: the encoder sees the whole grid with a learned token where tokens are hidden; a light
 * decoder over its deepest features predicts voxels, and the loss is taken on the hidden ones or,
 * with `lossOn: 'all'`, on all.
 *
 * The deepest features of a hierarchical encoder are coarser than tokens: each cell predicts all
 * that is under it. `normPixLoss` standardizes tokens, never whole cells.
 *
 * Source: Xie et al., arXiv:2111.09886; microsoft/SimMIM, whose `1e-5` in the denominator is left
 * out, as a mask hides at least one token. MIM-Med3D's ViT is the same with `finalNorm: false` and
 * `tokenStd: 1`.
 */
export class SimmimObjective extends HiddenPatchObjective {
  override readonly name = 'simmim';

  /** `[maskTokenDim]` */
  readonly maskToken: tf.Variable<tf.Rank.R1>;
  readonly decoder: TokenDecoder;
  readonly #encoder: MaskTokenEncoder;

  constructor(encoder: MaskTokenEncoder, config: SimmimConfig, random: Random) {
    super(encoder, config);
    this.#encoder = encoder;
    this.maskToken = parameter(() =>
      normal(config.tokenStd)<tf.Rank.R1>([encoder.maskTokenDim], random.stream('maskToken')),
    );
    this.decoder = createDecoder(encoder, this.map, config, random.stream('decoder'));
  }

  /** @returns `[B, K, P]`, of the chosen tokens */
  protected override predict(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    choice: TokenChoice,
    context?: ForwardContext,
  ): tf.Tensor3D {
    return tf.tidy(() => {
      const features = this.#encoder.encodeWithMaskToken(volumes, mask, this.maskToken, context);
      return this.decoder.decode(features, choice);
    });
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

function createDecoder(
  { geometry: { patchSize, embedDim }, levels }: MaskTokenEncoder,
  { cellsPerToken, channels }: TargetMap,
  { decoder, decoderDim }: SimmimConfig,
  random: Random,
): TokenDecoder {
  const deepest = levels.at(-1) ?? { stride: patchSize, channels: embedDim };
  const tokensPerCell = tile(deepest.stride, patchSize);
  return decoder === 'linear'
    ? new LinearDecoder(deepest.channels, { tokensPerCell, cellsPerToken, channels, random })
    : new ConvolutionDecoder(deepest.channels, {
        ...{ tokensPerCell, values: volumeOf(cellsPerToken) * channels },
        ...{ dim: decoderDim, random },
      });
}
