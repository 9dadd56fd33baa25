import type { Encoder, ForwardContext } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { PoolingConfig } from './config.js';

/** How many numbers {@link poolFeatures} gives of a crop. */
export function pooledWidth({ levels }: Encoder, pooling: PoolingConfig): number {
  const taken = pooling === 'all' ? levels : levels.slice(-1);
  return taken.reduce((sum, { channels }) => sum + channels, 0);
}

/**
 * The features of crops as one vector each: means over cells.
 *
 * @param crops `[B, D, H, W, C]`
 * @returns `[B, width]` of {@link pooledWidth}
 */
export function poolFeatures(
  encoder: Encoder,
  crops: tf.Tensor5D,
  pooling: PoolingConfig,
  context?: ForwardContext,
): tf.Tensor2D {
  return tf.tidy(() => {
    const pyramid = encoder.pyramid(crops, context);
    const taken = pooling === 'all' ? pyramid : pyramid.slice(-1);
    return tf.concat2d(
      taken.map((level) => tf.mean<tf.Tensor2D>(level, [1, 2, 3])),
      1,
    );
  });
}
