import type {
  Encoder,
  ForwardContext,
  MaskedObjective,
  Reconstruction,
  TokenMask,
} from '@voxmim/core';
import { hiddenTokens, Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { encoderBuffers } from './encoder-buffers.js';
import { reconstructPatches } from './reconstruct.js';
import { reconstructionLoss, scoredTokens, type Target, type TokenChoice } from './target.js';
import { targetMapOf, type TargetMap } from './target-map.js';

/**
 * What MAE and SimMIM share: what tokens hold is predicted, scored and drawn alike. They differ in
 * how the prediction is made. Whatever is scored, only hidden tokens are drawn.
 */
export abstract class HiddenPatchObjective extends Module implements MaskedObjective {
  readonly kind = 'masked';
  abstract readonly name: string;
  readonly #encoder: Encoder;
  readonly #target: Target;
  /** What is predicted of each token. */
  protected readonly map: TargetMap;

  /** @param encoder stays the caller's: `dispose` leaves it alone */
  constructor(encoder: Encoder, target: Target) {
    super();
    this.#encoder = encoder;
    this.#target = target;
    this.map = targetMapOf(target, encoder.geometry);
  }

  loss(volumes: tf.Tensor5D, mask: TokenMask, context?: ForwardContext): tf.Scalar {
    const { cellsPerToken } = this.map;
    return tf.tidy(() => {
      const scored = scoredTokens(mask, this.#target.lossOn);
      const predicted = this.predict(volumes, mask, scored, context);
      return reconstructionLoss(predicted, this.map.of(volumes), mask, cellsPerToken, this.#target);
    });
  }

  reconstruct(volumes: tf.Tensor5D, mask: TokenMask): Reconstruction {
    return reconstructPatches(
      () => this.predict(volumes, mask, hiddenTokens(mask)),
      volumes,
      mask,
      this.map,
      this.#target.normPixLoss,
    );
  }

  target(volumes: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => tf.clone(this.map.of(volumes)));
  }

  /** The encoder's under `encoder.`, then the objective's own. */
  override namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.#encoder), ...super.namedParameters()]);
  }

  override namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return new Map([...encoderBuffers(this.#encoder), ...super.namedBuffers()]);
  }

  /** @returns `[B, K, P]`, the cells of {@link map} in each of the chosen tokens */
  protected abstract predict(
    volumes: tf.Tensor5D,
    mask: TokenMask,
    choice: TokenChoice,
    context?: ForwardContext,
  ): tf.Tensor3D;
}
