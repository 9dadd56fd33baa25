/**
 * 3D convolution and its two gradients from plain TF.js ops, right on every backend.
 *
 * The dense case is `tf.conv3d`. Its own gradient to the input is wrong on wasm in TF.js 4.22, so
 * that one is a forward convolution with the turned kernel; its gradient to the weight is wrong there
 * under strides. That one, and depthwise and dilated cases, which TF.js lacks, are sums over the
 * kernel's taps.
 *
 * @module
 */
import { mapAxes, type Shape3, zipAxes } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import {
  type ConvGeometry,
  kernelOf,
  outputShape,
  type Padding3,
  spanOf,
} from './conv-geometry.js';
import { convTaps } from './conv-taps.js';
import { padOrCrop } from './pad-or-crop.js';

/** @returns `[B, D', H', W', Cout]` */
export function composedConv3d(
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
): tf.Tensor5D {
  if (isDepthwise(weight, geometry)) return depthwise(x, weight, geometry);
  if (geometry.groups > 1) return grouped(x, weight, geometry);
  if (isDilated(geometry)) return dilated(x, weight, geometry);
  const filter = tf.transpose(weight, [2, 3, 4, 1, 0]);
  return tf.conv3d(padOrCrop(x, geometry.padding), filter, [...geometry.strides], 'valid');
}

/** The gradient to the input: the output's, spread by the strides, under the turned kernel. */
export function composedInputGrad(
  dy: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
  inputShape: readonly number[],
): tf.Tensor5D {
  const [, depth = 1, height = 1, width = 1] = inputShape;
  const spread = spreadBy(dy, geometry.strides);
  const span = spanOf(kernelOf(weight), geometry);
  const [, d, h, w] = spread.shape;
  // What reaches input voxel i lies within span - 1 of i + before; the rest of the far side is
  // whatever the strides left unread.
  const before = mapAxes(span, (extent, axis) => extent - 1 - geometry.padding[axis][0]);
  const after = zipAxes(
    zipAxes([depth, height, width], [d, h, w], (wanted, got) => wanted - got),
    zipAxes(span, before, (extent, lead) => extent - 1 - lead),
    (missing, lead) => missing + lead,
  );
  const padding: Padding3 = [
    [before[0], after[0]],
    [before[1], after[1]],
    [before[2], after[2]],
  ];
  const turned = turnKernel(weight, geometry.groups);
  return composedConv3d(spread, turned, { ...geometry, strides: [1, 1, 1], padding });
}

/** The gradient to the weight, `[Cout, Cin / groups, kd, kh, kw]`. */
export function composedWeightGrad(
  dy: tf.Tensor5D,
  x: tf.Tensor5D,
  geometry: ConvGeometry,
  weight: tf.Tensor5D,
): tf.Tensor5D {
  const shape = weight.shape;
  if (isDepthwise(weight, geometry)) {
    const perTap = convTaps(x, weight, geometry).map((tap) =>
      tf.sum(tf.mul(tap, tf.reshape(dy, tap.shape)), 0),
    );
    return tf.reshape(tf.stack(perTap, 1), shape);
  }
  if (geometry.groups > 1) {
    const parts = zipGroups(geometry.groups, [dy, 4], [x, 4], [weight, 0]);
    const grads = parts.map(([dyPart, xPart, weightPart]) =>
      composedWeightGrad(dyPart, xPart, { ...geometry, groups: 1 }, weightPart),
    );
    return tf.concat(grads, 0);
  }
  if (isDilated(geometry) || isStrided(geometry)) {
    const [outChannels, inChannels] = shape;
    const flat = tf.reshape(dy, [-1, outChannels]);
    const perTap = convTaps(x, weight, geometry).map((tap) => tf.matMul(flat, tap, true));
    return tf.reshape(tf.stack(perTap, 2), [outChannels, inChannels, ...kernelOf(weight)]);
  }
  return denseWeightGrad(dy, x, geometry, shape);
}

function denseWeightGrad(
  dy: tf.Tensor5D,
  x: tf.Tensor5D,
  { padding, strides }: ConvGeometry,
  [outChannels, inChannels, ...kernel]: tf.Tensor5D['shape'],
): tf.Tensor5D {
  const filter = tf
    .engine()
    .runKernel<tf.Tensor5D>(
      tf.Conv3DBackpropFilterV2,
      { x: padOrCrop(x, padding), dy },
      { strides: [...strides], pad: 'valid', filterShape: [...kernel, inChannels, outChannels] },
    );
  return tf.transpose(filter, [4, 3, 0, 1, 2]);
}

function depthwise(x: tf.Tensor5D, weight: tf.Tensor5D, geometry: ConvGeometry): tf.Tensor5D {
  const [channels] = weight.shape;
  const rows = tf.unstack(tf.reshape(weight, [channels, -1]), 1); // one [C] per tap
  const products = convTaps(x, weight, geometry).map((tap, index) => tf.mul(tap, rows[index] ?? 0));
  const shape = outputShape(x, weight, geometry);
  return tf.reshape(sum(products), [x.shape[0], ...shape, channels]);
}

function dilated(x: tf.Tensor5D, weight: tf.Tensor5D, geometry: ConvGeometry): tf.Tensor5D {
  const [outChannels, inChannels] = weight.shape;
  const flat = tf.reshape(weight, [outChannels, inChannels, -1]);
  const matrices = tf.unstack(flat, 2); // one [Cout, Cin] per tap
  const products = convTaps(x, weight, geometry).flatMap((tap, index) => {
    const matrix = matrices[index];
    return matrix ? [tf.matMul(tap, matrix, false, true)] : [];
  });
  const shape = outputShape(x, weight, geometry);
  return tf.reshape(sum(products), [x.shape[0], ...shape, outChannels]);
}

function grouped(x: tf.Tensor5D, weight: tf.Tensor5D, geometry: ConvGeometry): tf.Tensor5D {
  const parts = zipGroups(geometry.groups, [x, 4], [weight, 0], [weight, 0]);
  return tf.concat(
    parts.map(([xPart, weightPart]) =>
      composedConv3d(xPart, weightPart, { ...geometry, groups: 1 }),
    ),
    4,
  );
}

type Along = readonly [tensor: tf.Tensor5D, axis: number];

/** Cuts three tensors into `groups` each and pairs the pieces. */
function zipGroups(
  groups: number,
  ...sources: readonly [Along, Along, Along]
): [tf.Tensor5D, tf.Tensor5D, tf.Tensor5D][] {
  const piece = ([tensor, axis]: Along, group: number) => {
    const size: tf.Tensor5D['shape'] = [...tensor.shape];
    const length = (size[axis] ?? groups) / groups;
    size[axis] = length;
    const begin: tf.Tensor5D['shape'] = [0, 0, 0, 0, 0];
    begin[axis] = group * length;
    return tf.slice(tensor, begin, size);
  };
  const [first, second, third] = sources;
  return Array.from({ length: groups }, (_, group) => [
    piece(first, group),
    piece(second, group),
    piece(third, group),
  ]);
}

/** `[Cout, Cin / g, k]` to `[Cin, Cout / g, k]`, the kernel reversed along its three axes. */
function turnKernel(weight: tf.Tensor5D, groups: number): tf.Tensor5D {
  const [outChannels, groupChannels, ...kernel] = weight.shape;
  const taps = kernel[0] * kernel[1] * kernel[2];
  const flat = tf.reshape(weight, [groups, outChannels / groups, groupChannels, taps]);
  // Reversing the flat taps reverses each of their three axes.
  const turned = tf.transpose(tf.reverse(flat, 3), [0, 2, 1, 3]);
  return tf.reshape(turned, [groups * groupChannels, outChannels / groups, ...kernel]);
}

/** Puts `stride - 1` zeros between neighbours along each axis. */
function spreadBy(dy: tf.Tensor5D, strides: Shape3): tf.Tensor5D {
  return strides.reduce<tf.Tensor5D>((tensor, stride, index) => {
    if (stride === 1) return tensor;
    const axis = index + 1;
    const shape: tf.Tensor5D['shape'] = [...tensor.shape];
    const length = shape[axis] ?? 1;
    const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
    const lines = tf.reshape<tf.Rank.R3>(tensor, [-1, length, inner]);
    const zeros = tf.pad(lines, [[0, 0], [0, 0], [0, (stride - 1) * inner]]); // prettier-ignore
    shape[axis] = length * stride;
    const wide: tf.Tensor5D = tf.reshape(zeros, shape);
    shape[axis] = (length - 1) * stride + 1;
    return tf.slice(wide, [0, 0, 0, 0, 0], shape);
  }, dy);
}

function isDepthwise(weight: tf.Tensor5D, { groups }: ConvGeometry): boolean {
  return groups > 1 && weight.shape[0] === groups && weight.shape[1] === 1;
}

function isDilated({ dilations }: ConvGeometry): boolean {
  return dilations.some((dilation) => dilation > 1);
}

function isStrided({ strides }: ConvGeometry): boolean {
  return strides.some((stride) => stride > 1);
}

function sum(terms: readonly tf.Tensor[]): tf.Tensor {
  return terms.reduce((total, term) => tf.add(total, term));
}
