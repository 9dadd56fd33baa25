import { volumeOf, type Random, type Shape3 } from '@voxmim/core';
import {
  attention,
  Linear,
  Module,
  parameter,
  patchify,
  truncatedNormal,
  unpatchify,
} from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { relativeBias } from './relative-bias.js';
import { roll } from './roll.js';
import { windowMask, type WindowLayout } from './window-layout.js';

/** How a {@link WindowAttention} is built. */
export interface WindowAttentionOptions {
  readonly numHeads: number;
  readonly qkvBias: boolean;
  /** The window of the bias table; the layout's may be smaller. */
  readonly windowSize: Shape3;
  readonly layout: WindowLayout;
  readonly random: Random;
}

/** Self-attention within (shifted) windows, with a learned bias per relative offset and head. */
export class WindowAttention extends Module {
  /** `[(2 wd - 1)(2 wh - 1)(2 ww - 1), heads]` */
  readonly relativePositionBiasTable: tf.Variable<tf.Rank.R2>;
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #options: WindowAttentionOptions;
  readonly #mask: tf.Tensor4D | null;

  constructor(dim: number, options: WindowAttentionOptions) {
    super();
    const { numHeads, qkvBias, windowSize, layout, random } = options;
    const offsets = windowSize.reduce((product, size) => product * (2 * size - 1), 1);
    this.relativePositionBiasTable = parameter(() =>
      truncatedNormal<tf.Rank.R2>([offsets, numHeads], random.stream('bias')),
    );
    this.qkv = new Linear(dim, 3 * dim, { bias: qkvBias, random: random.stream('qkv') });
    this.proj = new Linear(dim, dim, { random: random.stream('proj') });
    this.#options = options;
    const mask = windowMask(layout);
    const tokens = volumeOf(layout.windowShape);
    this.#mask = mask && tf.keep(tf.tensor4d(mask, [mask.length / tokens ** 2, 1, tokens, tokens]));
  }

  /** @param x `[B, d, h, w, dim]` @returns the same shape */
  call(x: tf.Tensor5D): tf.Tensor5D {
    const { gridShape, windowShape, shift, paddedShape } = this.#options.layout;
    const perAxis = paddedShape.map((extent, axis) => extent / (windowShape[axis] ?? 1));
    const [batch, , , , dim] = x.shape;
    const [countDepth = 1, countHeight = 1, countWidth = 1] = perAxis;
    const tokens = volumeOf(windowShape);
    return tf.tidy(() => {
      const after = (axis: 0 | 1 | 2): [number, number] => [0, paddedShape[axis] - gridShape[axis]];
      const padded = tf.pad(x, [[0, 0], after(0), after(1), after(2), [0, 0]]);
      const rolled = roll(padded, [-shift[0], -shift[1], -shift[2]]);
      const windows: tf.Tensor3D = tf.reshape(patchify(rolled, windowShape), [-1, tokens, dim]);
      const mixed: tf.Tensor3D = tf.reshape(this.#attend(windows, batch), [
        batch,
        countDepth * countHeight * countWidth,
        tokens * dim,
      ]);
      const grid = unpatchify(mixed, [countDepth, countHeight, countWidth], windowShape);
      return tf.slice(roll(grid, shift), [0, 0, 0, 0, 0], [batch, ...gridShape, dim]);
    });
  }

  override dispose(): void {
    super.dispose();
    this.#mask?.dispose();
  }

  /** @param x `[B · windows, N, dim]`, windows of one sample together */
  #attend(x: tf.Tensor3D, batch: number): tf.Tensor3D {
    const { numHeads } = this.#options;
    const [rows, tokens, dim] = x.shape;
    const headDim = dim / numHeads;
    const qkv = tf.reshape(this.qkv.call(x), [rows, tokens, 3, numHeads, headDim]);
    const stacked = tf.transpose(qkv, [2, 0, 3, 1, 4]); // [3, B · windows, H, N, hd]
    const part = (index: number): tf.Tensor4D =>
      tf.reshape(tf.slice(stacked, [index], [1]), [rows, numHeads, tokens, headDim]);
    const mixed = attention(part(0), part(1), part(2), { bias: this.#bias(batch) });
    const merged: tf.Tensor4D = tf.transpose(mixed, [0, 2, 1, 3]);
    return this.proj.call(tf.reshape(merged, [rows, tokens, dim]));
  }

  /** `[1, H, N, N]`, or with a mask `[B · windows, H, N, N]`. */
  #bias(batch: number): tf.Tensor4D {
    const { windowSize, layout } = this.#options;
    const bias = relativeBias(this.relativePositionBiasTable, windowSize, layout.windowShape);
    if (!this.#mask) return bias;
    const masked: tf.Tensor4D = tf.add(bias, this.#mask); // [windows, H, N, N]
    const [windows, ...rest] = masked.shape;
    // Tiles have no gradient above rank 4.
    const tiled = tf.tile(tf.reshape(masked, [1, masked.size]), [batch, 1]);
    return tf.reshape(tiled, [batch * windows, ...rest]);
  }
}
