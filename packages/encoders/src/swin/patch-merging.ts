import { tile, volumeOf, type Random, type Shape3 } from '@voxmim/core';
import { LayerNorm, Linear, Module, patchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes one token of twice the width of each box of tokens.
 *
 * Neighbours are concatenated in row-major `[depth, height, width]` order: MONAI's `mergingv2`.
 * Video Swin's order in the plane is height first; an importer permutes.
 */
export class PatchMerging extends Module {
  readonly reduction: Linear;
  readonly norm: LayerNorm;
  readonly #factor: Shape3;

  constructor(dim: number, factor: Shape3, options: { epsilon: number; random: Random }) {
    super();
    const merged = volumeOf(factor) * dim;
    this.reduction = new Linear(merged, 2 * dim, {
      bias: false,
      random: options.random.stream('reduction'),
    });
    this.norm = new LayerNorm(merged, { epsilon: options.epsilon });
    this.#factor = factor;
  }

  /** @param x `[B, d, h, w, dim]` @returns `[B, d / f, h / f, w / f, 2 dim]` */
  call(x: tf.Tensor5D): tf.Tensor5D {
    const [batch, depth, height, width, dim] = x.shape;
    const grid = tile([depth, height, width], this.#factor);
    return tf.tidy(() => {
      const values = volumeOf(this.#factor) * dim;
      const boxes: tf.Tensor5D = tf.reshape(patchify(x, this.#factor), [batch, ...grid, values]);
      return this.reduction.call(this.norm.call(boxes));
    });
  }
}
