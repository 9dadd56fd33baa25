import { mapAxes, type Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { type ConvGeometry, kernelOf, outputShape, type Padding3 } from './conv-geometry.js';

/** A convolution that gives the same numbers with fewer taps. */
export interface CroppedConv {
  readonly weight: tf.Tensor5D;
  readonly geometry: ConvGeometry;
}

/**
 * Leaves out the outer taps that meet nothing but padding, whatever the output: of a 7³ kernel with
 * dilation 3, all but 27 of 343 on a grid of 6³, and all but one on 3³.
 *
 * @param x only its shape is read
 */
export function reachableTaps(
  x: tf.Tensor5D,
  weight: tf.Tensor5D,
  geometry: ConvGeometry,
): CroppedConv {
  const { strides, dilations, padding } = geometry;
  const [, depth, height, width] = x.shape;
  const extents: Shape3 = [depth, height, width];
  const outputs = outputShape(x, weight, geometry);
  const taps = kernelOf(weight);
  // Tap k of output o reads the input at o · stride + k · dilation - before.
  const first = mapAxes(taps, (_, axis) => {
    const [before] = padding[axis];
    const farthest = (outputs[axis] - 1) * strides[axis];
    const needed = Math.ceil((before - farthest) / dilations[axis]);
    return clamp(needed, 0, Math.floor(before / dilations[axis]));
  });
  const last = mapAxes(taps, (count, axis) => {
    const [before, after] = padding[axis];
    const needed = Math.floor((extents[axis] - 1 + before) / dilations[axis]);
    return clamp(needed, count - 1 - Math.floor(after / dilations[axis]), count - 1);
  });
  if (first.every((tap) => tap === 0) && last.every((tap, axis) => tap === (taps[axis] ?? 1) - 1))
    return { weight, geometry };
  const pair = (axis: 0 | 1 | 2): [number, number] => [
    padding[axis][0] - first[axis] * dilations[axis],
    padding[axis][1] - (taps[axis] - 1 - last[axis]) * dilations[axis],
  ];
  const kept = mapAxes(first, (tap, axis) => last[axis] - tap + 1);
  const [outChannels, groupChannels] = weight.shape;
  const left: Padding3 = [pair(0), pair(1), pair(2)];
  return {
    weight: tf.slice(weight, [0, 0, ...first], [outChannels, groupChannels, ...kept]),
    geometry: { ...geometry, padding: left },
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
