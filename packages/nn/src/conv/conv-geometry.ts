import { mapAxes, type Shape3, VoxmimError } from '@voxmim/core';
import type * as tf from '@tensorflow/tfjs-core';

/** How a convolution walks over its input; PyTorch's names and meanings. */
export interface Conv3dOptions {
  /** Voxels between neighbouring outputs. Defaults to 1. */
  readonly strides?: Shape3;
  /** Zeros before and after each axis. Defaults to none. */
  readonly padding?: Shape3;
  /** Voxels between neighbouring taps of the kernel. Defaults to 1. */
  readonly dilations?: Shape3;
  /** Channel groups that do not mix; `inChannels` of them is a depthwise convolution. */
  readonly groups?: number;
}

type Pair = readonly [before: number, after: number];

/** Zeros per axis; negative numbers crop. */
export type Padding3 = readonly [Pair, Pair, Pair];

/** A convolution's attributes, complete: what the `VoxmimConv3d` kernels get. */
export interface ConvGeometry {
  readonly strides: Shape3;
  readonly padding: Padding3;
  readonly dilations: Shape3;
  readonly groups: number;
}

/** Fills in the defaults. */
export function geometryOf(options: Conv3dOptions): ConvGeometry {
  const { strides = [1, 1, 1], padding = [0, 0, 0], dilations = [1, 1, 1], groups = 1 } = options;
  const [d, h, w] = padding;
  return { strides, padding: [[d, d], [h, h], [w, w]], dilations, groups }; // prettier-ignore
}

/** The taps per axis of `weight` `[Cout, Cin / groups, kd, kh, kw]`. */
export function kernelOf(weight: tf.Tensor5D): Shape3 {
  const [, , depth, height, width] = weight.shape;
  return [depth, height, width];
}

/** The voxels a dilated kernel spans. */
export function spanOf(kernel: Shape3, { dilations }: ConvGeometry): Shape3 {
  return mapAxes(kernel, (taps, axis) => (taps - 1) * dilations[axis] + 1);
}

/**
 * The spatial shape of the result.
 *
 * @throws `SHAPE_MISMATCH` when channels and groups do not fit, or nothing would be left
 */
export function outputShape(x: tf.Tensor5D, weight: tf.Tensor5D, geometry: ConvGeometry): Shape3 {
  const [, depth, height, width, inChannels] = x.shape;
  const [outChannels, groupChannels] = weight.shape;
  const span = spanOf(kernelOf(weight), geometry);
  const shape = mapAxes([depth, height, width], (extent, axis) => {
    const [before, after] = geometry.padding[axis];
    return Math.floor((extent + before + after - span[axis]) / geometry.strides[axis]) + 1;
  });
  const { groups } = geometry;
  if (inChannels === groupChannels * groups && outChannels % groups === 0 && Math.min(...shape) > 0)
    return shape;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `A convolution with weight [${weight.shape.join(', ')}] in ${groups} groups does not fit an input of [${x.shape.join(', ')}].`,
    'Give [B, D, H, W, Cin] and a weight of [Cout, Cin / groups, kd, kh, kw] that is no larger than the padded input.',
    { expected: `[B, D, H, W, ${groupChannels * groups}]`, received: x.shape },
  );
}
