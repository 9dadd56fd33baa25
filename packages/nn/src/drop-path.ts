import type { ForwardContext, Random } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Drops the whole of `x` for some samples and scales the rest, so that the mean stays: stochastic
 * depth. Does nothing outside of training or at rate 0.
 *
 * Source: Huang et al., arXiv:1603.09382; timm `DropPath`.
 *
 * @param x `[B, ...]`, a residual branch
 * @param rate share of samples dropped, in `[0, 1)`
 * @param key names this place in the network: each place draws its own numbers
 */
export function dropPath<R extends tf.Rank>(
  x: tf.Tensor<R>,
  rate: number,
  key: string,
  context?: ForwardContext,
): tf.Tensor<R> {
  if (rate === 0 || !context?.training) return x;
  const [batch = 1, ...rest] = x.shape;
  const gates = drawGates(batch, rate, context.random.stream('dropPath', key));
  return tf.tidy(() => tf.mul(x, tf.tensor(gates, [batch, ...rest.map(() => 1)])));
}

/**
 * Like {@link dropPath}, for single channels of single samples: PyTorch's `Dropout3d`.
 *
 * @param x `[B, D, H, W, C]`
 */
export function dropChannels(
  x: tf.Tensor5D,
  rate: number,
  key: string,
  context?: ForwardContext,
): tf.Tensor5D {
  if (rate === 0 || !context?.training) return x;
  const [batch, , , , channels] = x.shape;
  const gates = drawGates(batch * channels, rate, context.random.stream('dropChannels', key));
  return tf.tidy(() => tf.mul(x, tf.tensor5d(gates, [batch, 1, 1, 1, channels])));
}

function drawGates(count: number, rate: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
}
