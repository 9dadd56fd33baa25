import type { Scalar, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';

import type { Encoder, ForwardContext, ParameterOwner } from './encoder.js';
import type { TokenMask } from './mask.js';
import type { Random } from './random.js';

/** What a masked objective makes of one batch. */
export interface Reconstruction {
  /**
   * The prediction on hidden tokens, zero elsewhere, in the units the loss works in: `[B, D, H, W, C]`, or
   * in the shape of {@link MaskedObjective.target}.
   */
  readonly prediction: Tensor5D;
  /**
   * `[B, D, H, W, C]`; the prediction in the units of the input. Where the loss normalizes each
   * patch, it is shown with the statistics of the visible patches only: using the hidden ones' own
   * would make any prediction look right. Null where what is predicted is no intensity: then nothing
   * can be shown in its units.
   */
  readonly volumes: Tensor5D | null;
}

/**
 * Learns by predicting what a mask hides (MAE, SimMIM).
 *
 * `namedParameters` holds the encoder's under `encoder.` and the objective's own; `dispose` frees
 * only the latter.
 */
export interface MaskedObjective extends ParameterOwner {
  readonly kind: 'masked';
  readonly name: string;
  /**
   * @param volumes `[B, D, H, W, C]`, intensities already normalized
   * @returns a scalar
   */
  loss(volumes: Tensor5D, mask: TokenMask, context?: ForwardContext): Scalar;
  reconstruct(volumes: Tensor5D, mask: TokenMask): Reconstruction;
  /**
   * What is predicted, where reconstructions have no `volumes`: `[B, d, h, w, F]`, on a grid of which
   * each token holds equally many cells.
   *
   * @param volumes `[B, D, H, W, C]`
   */
  target?(volumes: Tensor5D): Tensor5D;
}

/** Learns by telling two views of one volume from views of others (SimCLR). */
export interface ContrastiveObjective extends ParameterOwner {
  readonly kind: 'contrastive';
  readonly name: string;
  /** @param first `[B, D, H, W, C]` @param second the other view of each, in the same order */
  loss(first: Tensor5D, second: Tensor5D, context?: ForwardContext): Scalar;
  /**
   * What is compared: each row depends on its own volume only.
   *
   * @param volumes `[B, D, H, W, C]`
   * @returns `[B, P]`, rows of length 1
   */
  embed(volumes: Tensor5D, context?: ForwardContext): Tensor2D;
}

/** Any way to pretrain an encoder; `kind` says what a batch must hold. */
export type Objective = MaskedObjective | ContrastiveObjective;

/** What an objective is built from beside its config. */
export interface ObjectiveContext {
  /** Stays the caller's: an objective's `dispose` leaves it alone. */
  readonly encoder: Encoder;
  /** The source of initial weights. */
  readonly random: Random;
}
