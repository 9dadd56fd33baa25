import * as tf from '@tensorflow/tfjs-core';

import { runKernel, withGradient } from './kernel.js';
import { Module } from './module.js';
import { parameter } from './parameter.js';

/**
 * Gives each channel of each sample mean 0 and variance 1 over its voxels. The variance is the
 * biased one, and nothing is learned: PyTorch's `InstanceNorm3d(affine=False)`.
 *
 * A single voxel per channel comes out as 0, where PyTorch refuses it.
 *
 * @param x `[B, D, H, W, C]`
 * @returns the same shape
 */
export function instanceNorm(x: tf.Tensor5D, epsilon = 1e-5): tf.Tensor5D {
  return withGradient<tf.Rank.R5>(
    [x],
    [x],
    () =>
      runKernel<tf.Tensor5D>('VoxmimInstanceNorm', { x }, { epsilon }, () =>
        composedNorm(x, epsilon),
      ),
    (dy, [kept = x]) => {
      const input: tf.Tensor5D = tf.reshape(kept, x.shape);
      const dx = runKernel<tf.Tensor5D>(
        'VoxmimInstanceNormGrad',
        { dy, x: input },
        { epsilon },
        () => composedGrad(dy, input, epsilon),
      );
      return [dx];
    },
  );
}

/** How an {@link InstanceNorm} is built. */
export interface InstanceNormOptions {
  /** Defaults to 1e-5. */
  readonly epsilon?: number;
  /** Channels to scale and shift afterwards, by parameters that start at 1 and 0; without it none. */
  readonly channels?: number;
}

/** {@link instanceNorm} as a layer. */
export class InstanceNorm extends Module {
  readonly weight: tf.Variable<tf.Rank.R1> | null;
  readonly bias: tf.Variable<tf.Rank.R1> | null;
  readonly #epsilon: number;

  constructor({ epsilon = 1e-5, channels }: InstanceNormOptions = {}) {
    super();
    const affine = channels !== undefined;
    this.weight = affine ? parameter(() => tf.ones<tf.Rank.R1>([channels])) : null;
    this.bias = affine ? parameter(() => tf.zeros<tf.Rank.R1>([channels])) : null;
    this.#epsilon = epsilon;
  }

  /** @param x `[B, D, H, W, C]` @returns the same shape */
  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const normed = instanceNorm(x, this.#epsilon);
      const scaled: tf.Tensor5D = this.weight ? tf.mul(normed, this.weight) : normed;
      return this.bias ? tf.add(scaled, this.bias) : scaled;
    });
  }
}

function composedNorm(x: tf.Tensor5D, epsilon: number): tf.Tensor5D {
  const { centred, scale } = statistics(x, epsilon);
  return tf.reshape(tf.mul(centred, scale), x.shape);
}

function composedGrad(dy: tf.Tensor5D, x: tf.Tensor5D, epsilon: number): tf.Tensor5D {
  const { centred, scale } = statistics(x, epsilon);
  const normed = tf.mul(centred, scale);
  const gradient = flatten(dy);
  const mean = tf.mean(gradient, 1, true);
  const slope = tf.mean(tf.mul(gradient, normed), 1, true);
  const rest = tf.sub(tf.sub(gradient, mean), tf.mul(normed, slope));
  return tf.reshape(tf.mul(rest, scale), x.shape);
}

function statistics(x: tf.Tensor5D, epsilon: number): { centred: tf.Tensor; scale: tf.Tensor } {
  const cells = flatten(x);
  const centred = tf.sub(cells, tf.mean(cells, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  return { centred, scale: tf.rsqrt(tf.add(variance, epsilon)) };
}

/** `[B, D * H * W, C]` */
function flatten(x: tf.Tensor5D): tf.Tensor3D {
  return tf.reshape(x, [x.shape[0], -1, x.shape[4]]);
}
