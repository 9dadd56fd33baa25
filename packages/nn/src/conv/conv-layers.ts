import type { Random, Shape3 } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { type Initializer, kaimingUniform, uniformBias } from '../initializers.js';
import { Module } from '../module.js';
import { parameter } from '../parameter.js';
import { conv3d } from './conv3d.js';
import type { Conv3dOptions } from './conv-geometry.js';
import { convTranspose3d } from './conv-transpose3d.js';

/** How a convolution layer starts. */
export interface ConvInit {
  readonly random: Random;
  /** Whether there is a bias, which starts as PyTorch's or at zero. Defaults to true. */
  readonly bias?: boolean | 'zeros';
  /** Defaults to {@link kaimingUniform}, PyTorch's. */
  readonly init?: Initializer;
}

/** {@link conv3d} with its `weight` `[out, in / groups, kd, kh, kw]` and `bias` `[out]`. */
export class Conv3d extends Module {
  readonly weight: tf.Variable<tf.Rank.R5>;
  readonly bias: tf.Variable<tf.Rank.R1> | null;
  readonly #options: Conv3dOptions;

  constructor(
    inChannels: number,
    outChannels: number,
    kernel: Shape3,
    options: Conv3dOptions & ConvInit,
  ) {
    super();
    const shape = [outChannels, inChannels / (options.groups ?? 1), ...kernel] as const;
    this.weight = startWeight(shape, options);
    this.bias = startBias(outChannels, shape, options);
    this.#options = options;
  }

  /** @param x `[B, D, H, W, inChannels]` @returns `[B, D', H', W', outChannels]` */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => addBias(conv3d(x, this.weight, this.#options), this.bias));
  }
}

/** {@link convTranspose3d} with its `weight` `[in, out, kd, kh, kw]` and `bias` `[out]`. */
export class ConvTranspose3d extends Module {
  readonly weight: tf.Variable<tf.Rank.R5>;
  readonly bias: tf.Variable<tf.Rank.R1> | null;

  /** @param kernel voxels each input voxel becomes, per axis; also the strides */
  constructor(inChannels: number, outChannels: number, kernel: Shape3, options: ConvInit) {
    super();
    const shape = [inChannels, outChannels, ...kernel] as const;
    this.weight = startWeight(shape, options);
    this.bias = startBias(outChannels, shape, options);
  }

  /** @param x `[B, D, H, W, inChannels]` @returns `[B, D * kd, H * kh, W * kw, outChannels]` */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => addBias(convTranspose3d(x, this.weight), this.bias));
  }
}

type WeightShape = readonly [number, number, number, number, number];

function startWeight(shape: WeightShape, options: ConvInit): tf.Variable<tf.Rank.R5> {
  const { random, init = kaimingUniform } = options;
  return parameter(() => init<tf.Rank.R5>([...shape], random.stream('weight')));
}

/** PyTorch counts the fan-in of a bias on the weight's second axis, transposed or not. */
function startBias(
  size: number,
  [, second, ...kernel]: WeightShape,
  { random, bias = true }: ConvInit,
): tf.Variable<tf.Rank.R1> | null {
  if (bias === false) return null;
  if (bias === 'zeros') return parameter(() => tf.zeros<tf.Rank.R1>([size]));
  const fanIn = kernel.reduce((product, taps) => product * taps, second);
  return parameter(() => uniformBias(size, fanIn, random.stream('bias')));
}

function addBias(y: tf.Tensor5D, bias: tf.Tensor1D | null): tf.Tensor5D {
  return bias ? tf.add(y, bias) : y;
}
