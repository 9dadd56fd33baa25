import * as tf from '@tensorflow/tfjs-core';

import { hasKernel, runKernel, withGradient } from '../kernel.js';
import { composedConv3d, composedInputGrad, composedWeightGrad } from './composed-conv3d.js';
import { type Conv3dOptions, type ConvGeometry, geometryOf, outputShape } from './conv-geometry.js';
import { reachableTaps } from './reachable-taps.js';

/**
 * 3D convolution (cross-correlation, as PyTorch's) with strides, zero padding, dilations and groups;
 * differentiable once in both arguments on every backend.
 *
 * Differs from `tf.conv3d`: the weight is in PyTorch's layout, padding is in voxels, and groups and
 * gradients under dilation work.
 *
 * @param x `[B, D, H, W, Cin]`
 * @param weight `[Cout, Cin / groups, kd, kh, kw]`
 * @returns `[B, D', H', W', Cout]`
 * @throws `SHAPE_MISMATCH` when `weight` and `groups` do not fit `x`
 */
export function conv3d(
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  options: Conv3dOptions = {},
): tf.Tensor5D {
  const cropped = reachableTaps(x, weight, geometryOf(options));
  return convolve(x, cropped.weight, cropped.geometry);
}

function convolve(x: tf.Tensor5D, weight: tf.Tensor5D, geometry: ConvGeometry): tf.Tensor5D {
  if (isPointwise(weight, geometry) && !hasKernel('VoxmimConv3d')) return pointwise(x, weight);
  const [depth, height, width] = outputShape(x, weight, geometry);
  const y: tf.Tensor5D['shape'] = [x.shape[0], depth, height, width, weight.shape[0]];
  return withGradient<tf.Rank.R5>(
    [x, weight],
    [x, weight],
    () => forward(x, weight, geometry, y),
    (dy, [input = x, filter = weight]) =>
      backward(dy, tf.reshape(input, x.shape), tf.reshape(filter, weight.shape), geometry),
  );
}

function forward(
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
  shape: tf.Tensor5D['shape'],
): tf.Tensor5D {
  const y = runKernel('VoxmimConv3d', { x, weight }, attributes(geometry), () =>
    composedConv3d(x, weight, geometry),
  );
  return tf.reshape(y, shape);
}

function backward(
  dy: tf.Tensor5D,
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
): tf.Tensor5D[] {
  const inputShape = x.shape;
  const weightShape = weight.shape;
  const attrs = attributes(geometry);
  return [
    runKernel('VoxmimConv3dInputGrad', { dy, weight }, { ...attrs, inputShape }, () =>
      composedInputGrad(dy, weight, geometry, inputShape),
    ),
    runKernel('VoxmimConv3dWeightGrad', { dy, x }, { ...attrs, weightShape }, () =>
      composedWeightGrad(dy, x, geometry, weight),
    ),
  ];
}

function attributes({ strides, padding, dilations, groups }: ConvGeometry): tf.NamedAttrMap {
  return {
    strides: [...strides],
    padding: padding.map((pair) => [...pair]),
    dilations: [...dilations],
    groups,
  };
}

/** A kernel of one voxel is a matrix product, which every engine without a kernel of ours does faster. */
function isPointwise(weight: tf.Tensor5D, { strides, padding, groups }: ConvGeometry): boolean {
  const [, , ...kernel] = weight.shape;
  const ones = [...kernel, ...strides, groups].every((extent) => extent === 1);
  return ones && padding.flat().every((amount) => amount === 0);
}

function pointwise(x: tf.Tensor5D, weight: tf.Tensor5D): tf.Tensor5D {
  const [batch, depth, height, width, inChannels] = x.shape;
  const [outChannels] = weight.shape;
  return tf.tidy(() => {
    const matrix = tf.reshape(weight, [outChannels, inChannels]);
    const y = tf.matMul(tf.reshape(x, [-1, inChannels]), matrix, false, true);
    return tf.reshape(y, [batch, depth, height, width, outChannels]);
  });
}
