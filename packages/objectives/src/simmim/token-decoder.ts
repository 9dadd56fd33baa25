import type { Module } from '@voxmim/nn';
import type { Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';

import type { TokenChoice } from '../target.js';

/** Predicts the values of tokens from the deepest features of an encoder. */
export interface TokenDecoder extends Module {
  /**
   * @param features `[B, d, h, w, channels]`, of cells that may be coarser than tokens
   * @returns `[B, K, values]`, of the chosen tokens
   */
  decode(features: Tensor5D, choice: TokenChoice): Tensor3D;
}
