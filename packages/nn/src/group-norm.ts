import { VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { instanceNorm } from './instance-norm.js';
import { Module } from './module.js';
import { parameter } from './parameter.js';

/**
 * Gives each group of neighboring channels of each sample mean 0 and (biased) variance 1 over its
 * voxels, then scales and shifts every channel: PyTorch's `group_norm`.
 *
 * Needs no other samples, so batches of one train well, and unlike instance norm it keeps something
 * of a single voxel, as long as a group has two channels or more.
 *
 * Source: Wu & He, arXiv:1803.08494.
 *
 * @param x `[B, D, H, W, C]`
 * @param weight `[C]`
 * @param bias `[C]`
 * @param groups must divide C
 */
export function groupNorm(
  x: tf.Tensor5D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  groups: number,
  epsilon = 1e-5,
): tf.Tensor5D {
  const [batch, , , , channels] = x.shape;
  const size = channels / groups;
  return tf.tidy(() => {
    // Channels of a group become voxels of it, which makes this an instance norm.
    const split = tf.transpose(tf.reshape(x, [batch, -1, groups, size]), [0, 1, 3, 2]);
    const normed = instanceNorm(tf.reshape(split, [batch, -1, size, 1, groups]), epsilon);
    const joined = tf.transpose(tf.reshape(normed, [batch, -1, size, groups]), [0, 1, 3, 2]);
    return tf.add<tf.Tensor5D>(tf.mul(tf.reshape(joined, x.shape), weight), bias);
  });
}

/** {@link groupNorm} with its own `weight` and `bias`, `[channels]` each, which start at 1 and 0. */
export class GroupNorm extends Module {
  readonly weight: tf.Variable<tf.Rank.R1>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly #groups: number;

  /** @throws `INVALID_CONFIG` when `groups` does not divide `channels` */
  constructor(channels: number, groups: number) {
    super();
    if (channels % groups !== 0) {
      throw new VoxmimError(
        'INVALID_CONFIG',
        `${groups} groups cannot share ${channels} channels evenly.`,
        'Choose a number of groups that divides the channels.',
        { path: 'groups', received: groups },
      );
    }
    this.weight = parameter(() => tf.ones<tf.Rank.R1>([channels]));
    this.bias = parameter(() => tf.zeros<tf.Rank.R1>([channels]));
    this.#groups = groups;
  }

  /** @param x `[B, D, H, W, channels]` @returns the same shape */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return groupNorm(x, this.weight, this.bias, this.#groups);
  }
}
