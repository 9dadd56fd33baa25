import {
  encodesWithMaskToken,
  volumeOf,
  type ComponentDefinition,
  type ForwardContext,
  type MaskedObjective,
  type MaskTokenEncoder,
  type Objective,
  type ObjectiveContext,
  type Random,
  type Reconstruction,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import { gelu, Linear, Module, normal, parameter, prefixed, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { unsupported } from '../capability.js';
import { encoderBuffers } from '../encoder-buffers.js';
import { BlankConfig } from './config.js';

/**
 * Predicts the voxels of hidden tokens from the deepest features of an encoder that sees a learned
 * token in their place. Each cell of these features predicts all the voxels under it, by two linear
 * layers; the loss is the mean absolute error of hidden voxels.
 */
export class BlankObjective extends Module implements MaskedObjective {
  readonly kind = 'masked';
  readonly name = 'blank';

  /** `[maskTokenDim]` */
  readonly maskToken: tf.Variable<tf.Rank.R1>;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly #encoder: MaskTokenEncoder;
  readonly #cellSize: Shape3;

  /** @param encoder stays the caller's: `dispose` leaves it alone */
  constructor(encoder: MaskTokenEncoder, { hiddenDim }: BlankConfig, random: Random) {
    super();
    const { patchSize, inChannels, embedDim } = encoder.geometry;
    const { stride, channels } = encoder.levels.at(-1) ?? { stride: patchSize, channels: embedDim };
    this.#encoder = encoder;
    this.#cellSize = stride;
    this.maskToken = parameter(() =>
      normal(0.02)<tf.Rank.R1>([encoder.maskTokenDim], random.stream('maskToken')),
    );
    this.fc1 = new Linear(channels, hiddenDim, { random: random.stream('fc1') });
    this.fc2 = new Linear(hiddenDim, volumeOf(stride) * inChannels, {
      random: random.stream('fc2'),
    });
  }

  loss(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Scalar {
    return tf.tidy(() => {
      const hidden = this.#hiddenVoxels(mask);
      const error = tf.abs(tf.sub(this.#predict(volumes, mask, context), volumes));
      return tf.div<tf.Scalar>(tf.sum(tf.mul(error, hidden)), tf.sum(hidden));
    });
  }

  reconstruct(volumes: tf.Tensor5D, mask: TokenMask): Reconstruction {
    return tf.tidy(() => {
      const hidden = this.#hiddenVoxels(mask);
      const prediction = tf.mul<tf.Tensor5D>(this.#predict(volumes, mask), hidden);
      const visible = tf.mul(volumes, tf.sub(1, hidden));
      return { prediction, volumes: tf.add<tf.Tensor5D>(prediction, visible) };
    });
  }

  /** The encoder's under `encoder.`, then the objective's own. */
  override namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.#encoder), ...super.namedParameters()]);
  }

  override namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return new Map([...encoderBuffers(this.#encoder), ...super.namedBuffers()]);
  }

  /** @returns `[B, D, H, W, C]`, of visible voxels too */
  #predict(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Tensor5D {
    const features = this.#encoder.encodeWithMaskToken(volumes, mask, this.maskToken, context);
    const [batch, depth, height, width, channels] = features.shape;
    const cells: tf.Tensor3D = tf.reshape(features, [batch, depth * height * width, channels]);
    const voxels = this.fc2.call(gelu(this.fc1.call(cells)));
    return unpatchify(voxels, [depth, height, width], this.#cellSize);
  }

  /** `[B, D, H, W, C]`; 1 is hidden. */
  #hiddenVoxels({ hidden, batchSize, gridShape }: TokenMask): tf.Tensor5D {
    const { patchSize, inChannels } = this.#encoder.geometry;
    const flags = tf.tensor3d(Float32Array.from(hidden), [batchSize, volumeOf(gridShape), 1]);
    const values = volumeOf(patchSize) * inChannels;
    return unpatchify(tf.tile(flags, [1, 1, values]), gridShape, patchSize);
  }
}

/**
 * {@link BlankObjective} under the name `blank`.
 *
 * Creating it throws `UNSUPPORTED_CAPABILITY` over an encoder that takes no mask token.
 */
export const blankDefinition: ComponentDefinition<typeof BlankConfig, ObjectiveContext, Objective> =
  {
    name: 'blank',
    config: BlankConfig,
    needs: ['encodeWithMaskToken'],
    create(config, { encoder, random }) {
      if (encodesWithMaskToken(encoder)) return new BlankObjective(encoder, config, random);
      throw unsupported(
        encoder.name,
        'encodeWithMaskToken',
        'Choose another encoder or objective.',
      );
    },
  };
