import * as tf from '@tensorflow/tfjs-core';

import { runKernel, withGradient } from './kernel.js';

/** What {@link attention} may be given beside queries, keys and values. */
export interface AttentionOptions {
  /** What scores are multiplied by. Defaults to `hd ** -0.5`. */
  readonly scale?: number;
  /** Added to the scaled scores; each axis is that of `[B, H, L, L]` or 1. */
  readonly bias?: tf.Tensor4D;
}

/**
 * Scaled dot-product attention: `softmax(q kᵀ scale + bias) v`.
 *
 * The backward pass computes the probabilities again instead of keeping them.
 *
 * Source: Vaswani et al., arXiv:1706.03762.
 *
 * @param q `[B, H, L, hd]`, as `k` and `v`
 */
export function attention(
  q: tf.Tensor4D,
  k: tf.Tensor4D,
  v: tf.Tensor4D,
  { scale = q.shape[3] ** -0.5, bias }: AttentionOptions = {},
): tf.Tensor4D {
  const inputs = bias ? [q, k, v, bias] : [q, k, v];
  return withGradient<tf.Rank.R4>(
    inputs,
    inputs,
    () =>
      runKernel<tf.Tensor4D>('VoxmimAttention', { q, k, v, bias }, { scale }, () =>
        tf.matMul(probabilities(q, k, bias, scale), v),
      ),
    (dy, [keptQ = q, keptK = k, keptV = v, keptBias]) => {
      const kept = { dy, q: keptQ, k: keptK, v: keptV, bias: keptBias };
      return runKernel<tf.Tensor[]>('VoxmimAttentionGrad', kept, { scale }, () =>
        attentionGrad(kept, scale),
      );
    },
  );
}

function probabilities(
  q: tf.Tensor,
  k: tf.Tensor,
  bias: tf.Tensor | undefined,
  scale: number,
): tf.Tensor {
  const scores = tf.mul(tf.matMul(q, k, false, true), scale); // [B, H, L, L]
  return tf.softmax(bias ? tf.add(scores, bias) : scores);
}

interface AttentionGradInputs {
  readonly dy: tf.Tensor;
  readonly q: tf.Tensor;
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
}

function attentionGrad({ dy, q, k, v, bias }: AttentionGradInputs, scale: number): tf.Tensor[] {
  const shares = probabilities(q, k, bias, scale);
  const dv = tf.matMul(shares, dy, true);
  const dShares = tf.matMul(dy, v, false, true);
  const centered = tf.sub(dShares, tf.sum(tf.mul(dShares, shares), -1, true));
  const dScores = tf.mul(shares, centered); // [B, H, L, L]
  const scaled = tf.mul(dScores, scale);
  const grads = [tf.matMul(scaled, k), tf.matMul(scaled, q, true), dv];
  return bias ? [...grads, sumLike(dScores, bias)] : grads;
}

/** Sums the axes along which `target` was broadcast. */
function sumLike(x: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const axes = x.shape.flatMap((extent, axis) =>
    target.shape[axis] === 1 && extent !== 1 ? [axis] : [],
  );
  return axes.length === 0 ? x : tf.sum(x, axes, true);
}
