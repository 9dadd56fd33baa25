import { type Shape3, zipAxes } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { type ConvGeometry, kernelOf, outputShape, spanOf } from './conv-geometry.js';
import { padOrCrop } from './pad-or-crop.js';

/**
 * What each tap of the kernel sees, in row-major tap order.
 *
 * @param x `[B, D, H, W, C]`
 * @param weight only its shape is read
 * @returns one `[B * D' * H' * W', C]` per tap
 */
export function convTaps(
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
): tf.Tensor2D[] {
  const out = outputShape(x, weight, geometry);
  const kernel = kernelOf(weight);
  const padded = padForTaps(x, kernel, geometry, out);
  const [d, h, w] = geometry.dilations;
  return range(kernel[0]).flatMap((i) =>
    range(kernel[1]).flatMap((j) =>
      range(kernel[2]).map((k) => cutTap(padded, [i * d, j * h, k * w], geometry.strides, out)),
    ),
  );
}

/** Pads so that every tap can be cut with whole strides behind each of its outputs. */
function padForTaps(
  x: tf.Tensor5D,
  kernel: Shape3,
  geometry: ConvGeometry,
  out: Shape3,
): tf.Tensor5D {
  const { padding, strides } = geometry;
  const [, depth, height, width] = x.shape;
  const reach = zipAxes(
    spanOf(kernel, geometry),
    zipAxes(out, strides, (outputs, stride) => outputs * stride),
    (span, steps) => span - 1 + steps,
  );
  const after = zipAxes(reach, [depth, height, width], (needed, extent) => needed - extent);
  return padOrCrop(x, [
    [padding[0][0], after[0] - padding[0][0]],
    [padding[1][0], after[1] - padding[1][0]],
    [padding[2][0], after[2] - padding[2][0]],
  ]);
}

function cutTap(padded: tf.Tensor5D, start: Shape3, strides: Shape3, out: Shape3): tf.Tensor2D {
  const [batch, depth, height, width, channels] = padded.shape;
  // Rank 4, width and channels together: wasm's slice is fast up to there.
  const lines = tf.reshape<tf.Rank.R4>(padded, [batch, depth, height, width * channels]);
  const box = tf.slice(
    lines,
    [0, start[0], start[1], start[2] * channels],
    [batch, out[0] * strides[0], out[1] * strides[1], out[2] * strides[2] * channels],
  );
  const rows = everyNth(box, batch * out[0], strides[0]);
  const columns = everyNth(rows, batch * out[0] * out[1], strides[1]);
  const cells = everyNth(columns, batch * out[0] * out[1] * out[2], strides[2]);
  return tf.reshape(cells, [-1, channels]);
}

/** Keeps the first of every `stride` slabs, `count` in all. */
function everyNth(x: tf.Tensor, count: number, stride: number): tf.Tensor {
  if (stride === 1) return x;
  const slabs = tf.reshape<tf.Rank.R3>(x, [count, stride, -1]);
  return tf.slice(slabs, [0, 0, 0], [-1, 1, -1]);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
