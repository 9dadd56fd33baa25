import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

import type { Random } from './random.js';
import type { Shape3 } from './shapes.js';

/**
 * Which tokens of each sample are hidden from the encoder.
 *
 * Every sample hides the same number of tokens, so the id lists are rectangular.
 * Ids count tokens in row-major `[depth, height, width]` order.
 */
export interface TokenMask {
  readonly batchSize: number;
  /** Tokens per axis; `L` below is their product. */
  readonly gridShape: Shape3;
  /** `[B, L]`; 1 is hidden, 0 is visible (the MAE convention). */
  readonly hidden: Uint8Array;
  /** `[B, Lv]`; ids of the visible tokens, ascending. */
  readonly visibleIds: Int32Array;
  /** `[B, Lh]`; ids of the hidden tokens, ascending. */
  readonly hiddenIds: Int32Array;
  /** The same as tensors, where a function is traced of which the mask is an input. */
  readonly tensors?: MaskTensors;
}

/** What a {@link TokenMask} lists, as tensors that are their maker's. */
export interface MaskTensors {
  /** `[B, Lv]`, int32. */
  readonly visible: Tensor2D;
  /** `[B, Lh]`, int32. */
  readonly hidden: Tensor2D;
  /** `[B, L, 1]`; 1 is hidden. */
  readonly places: Tensor3D;
}

/** What a strategy may look at when it draws the mask of one sample. */
export interface MaskContext {
  /** Tokens per axis. */
  readonly gridShape: Shape3;
  /** Voxels per token. */
  readonly patchSize: Shape3;
  readonly random: Random;
  /** Share of the training that is done, 0 to 1, for ratios that change. */
  readonly progress: number;
  /** `[D, H, W, C]` of the sample, for strategies that look at the image. */
  readonly voxels: Float32Array;
}

/** Draws masks. Implementations hold no tensors and need no backend. */
export interface MaskStrategy {
  readonly name: string;
  /**
   * The hidden flags of one sample, `[L]`, 1 is hidden. How many are hidden depends on
   * `gridShape` and `progress` only, so that samples of a batch agree.
   */
  sample(context: MaskContext): Uint8Array;
}
