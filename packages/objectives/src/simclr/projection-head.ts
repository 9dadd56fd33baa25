import type { Random } from '@voxmim/core';
import { gelu, Linear, Module, xavierUniform } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { SimclrConfig } from './config.js';

/**
 * Linear layers with GELU between: from pooled features to what is compared.
 *
 * Source: section 4.2 of arXiv:2002.05709, but for two things: GELU where it has rectifiers, which
 * can map a view to nothing at all where layers are narrow; and no batch norm, as in its code, since
 * an embedding must depend on its own view only.
 */
export class ProjectionHead extends Module {
  readonly layers: Linear[];
  /** Numbers in what {@link call} returns. */
  readonly outDim: number;

  constructor(inDim: number, config: SimclrConfig, random: Random) {
    super();
    const { projectionDepth, projectionHiddenDim, projectionDim } = config;
    const hidden = Array<number>(Math.max(projectionDepth - 1, 0)).fill(
      projectionHiddenDim ?? inDim,
    );
    const widths = projectionDepth === 0 ? [inDim] : [inDim, ...hidden, projectionDim];
    this.outDim = widths.at(-1) ?? inDim;
    this.layers = widths.slice(1).map(
      (outDim, index) =>
        new Linear(widths[index] ?? inDim, outDim, {
          random: random.stream(index),
          init: xavierUniform,
        }),
    );
  }

  /** @param features `[B, inDim]` @returns `[B, outDim]` */
  call(features: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() =>
      this.layers.reduce<tf.Tensor2D>(
        (x, layer, index) => layer.call(index === 0 ? x : gelu(x)),
        features,
      ),
    );
  }
}
