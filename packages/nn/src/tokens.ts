import type { TokenMask } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { runKernel, withGradient } from './kernel.js';

/**
 * Ids as {@link takeTokens} and {@link putTokens} want them.
 *
 * @param ids `[B, K]`, flat, such as `visibleIds` of a `TokenMask`
 * @returns `[B, K]`, int32
 */
export function tokenIds(ids: Int32Array, batchSize: number): tf.Tensor2D {
  return tf.tensor2d(ids, [batchSize, ids.length / batchSize], 'int32');
}

/** The ids of a mask's visible tokens: `[B, Lv]`, int32. */
export function visibleTokens({ tensors, visibleIds, batchSize }: TokenMask): tf.Tensor2D {
  return tensors?.visible ?? tokenIds(visibleIds, batchSize);
}

/** The ids of a mask's hidden tokens: `[B, Lh]`, int32. */
export function hiddenTokens({ tensors, hiddenIds, batchSize }: TokenMask): tf.Tensor2D {
  return tensors?.hidden ?? tokenIds(hiddenIds, batchSize);
}

/** 1 where a token is hidden, 0 elsewhere: `[B, L, 1]`. */
export function hiddenPlaces({ tensors, hidden, batchSize }: TokenMask): tf.Tensor3D {
  if (tensors) return tensors.places;
  return tf.tensor3d(Float32Array.from(hidden), [batchSize, hidden.length / batchSize, 1]);
}

/**
 * Picks tokens by id, sample by sample: PyTorch's `gather(dim=1)`.
 *
 * Use this and no other gather: TF.js's own has no gradient on wasm and, with `batchDims`, none
 * anywhere without chained ops.
 *
 * @param tokens `[B, L, C]`
 * @param ids `[B, K]`, int32, each in `0 … L - 1`; repeats are fine
 * @returns `[B, K, C]`
 */
export function takeTokens(tokens: tf.Tensor3D, ids: tf.Tensor2D): tf.Tensor3D {
  const length = tokens.shape[1];
  return withGradient<tf.Rank.R3>(
    [tokens],
    [ids],
    () => take(tokens, ids),
    (dy, [keptIds = ids]) => [put(dy, keptIds, length)],
  );
}

/**
 * Puts tokens at their ids in a longer sequence that is zero elsewhere; tokens with the same id
 * add up. The inverse, and the gradient, of {@link takeTokens}.
 *
 * @param tokens `[B, K, C]`
 * @param ids `[B, K]`, int32, each in `0 … length - 1`
 * @returns `[B, length, C]`
 */
export function putTokens(tokens: tf.Tensor3D, ids: tf.Tensor2D, length: number): tf.Tensor3D {
  return withGradient<tf.Rank.R3>(
    [tokens],
    [ids],
    () => put(tokens, ids, length),
    (dy, [keptIds = ids]) => [take(dy, keptIds)],
  );
}

function take(x: tf.Tensor3D, ids: tf.Tensor): tf.Tensor3D {
  return runKernel<tf.Tensor3D>('VoxmimTakeTokens', { x, ids }, {}, () => {
    const [batch, length, dim] = x.shape;
    const starts = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32'));
    const flatIds = tf.add(ids, tf.reshape(starts, [batch, 1]));
    const rows = tf.gather(tf.reshape(x, [batch * length, dim]), tf.reshape(flatIds, [-1]));
    return tf.reshape(rows, [batch, -1, dim]);
  });
}

function put(dy: tf.Tensor3D, ids: tf.Tensor, length: number): tf.Tensor3D {
  return runKernel<tf.Tensor3D>('VoxmimPutTokens', { dy, ids }, { length }, () => {
    // A product with 0 and 1 is exact, and every backend has it; a scatter is not to be had on wasm.
    // The cast is not idle: a float32 `oneHot` on wasm holds the bits of integers.
    const places = tf.cast(tf.oneHot(ids, length), 'float32'); // [B, K, length]
    return tf.matMul(tf.reshape(places, [dy.shape[0], -1, length]), dy, true);
  });
}
