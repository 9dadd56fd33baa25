import type {
  Encoder,
  ForwardContext,
  MaskedObjective,
  Reconstruction,
  TokenMask,
} from '@voxmim/core';
import { Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { encoderBuffers } from './encoder-buffers.js';
import { reconstructPatches } from './reconstruct.js';
import { hiddenLoss, type Target } from './target.js';

/**
 * What MAE and SimMIM share: voxels of hidden tokens are predicted, scored and drawn alike. They
 * differ in how the prediction is made.
 */
export abstract class HiddenPatchObjective extends Module implements MaskedObjective {
  readonly kind = 'masked';
  abstract readonly name: string;
  readonly #encoder: Encoder;
  readonly #target: Target;

  /** @param encoder stays the caller's: `dispose` leaves it alone */
  constructor(encoder: Encoder, target: Target) {
    super();
    this.#encoder = encoder;
    this.#target = target;
  }

  loss(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Scalar {
    const { patchSize } = this.#encoder.geometry;
    return tf.tidy(() => {
      const predicted = this.predictHidden(volumes, mask, context);
      return hiddenLoss(predicted, volumes, mask, patchSize, this.#target);
    });
  }

  reconstruct(volumes: tf.Tensor5D, mask: TokenMask): Reconstruction {
    return reconstructPatches(
      () => this.predictHidden(volumes, mask),
      volumes,
      mask,
      this.#encoder.geometry.patchSize,
      this.#target.normPixLoss,
    );
  }

  /** The encoder's under `encoder.`, then the objective's own. */
  override namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.#encoder), ...super.namedParameters()]);
  }

  override namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return new Map([...encoderBuffers(this.#encoder), ...super.namedBuffers()]);
  }

  /** @returns `[B, Lh, pd · ph · pw · C]`, in the order of `mask.hiddenIds` */
  protected abstract predictHidden(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    context?: ForwardContext,
  ): tf.Tensor3D;
}
