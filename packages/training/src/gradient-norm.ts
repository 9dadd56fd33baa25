import * as tf from '@tensorflow/tfjs-core';

/** The Euclidean norm of all tensors taken as one vector; stays on the device. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const squares = tensors.map((tensor) => tf.sum<tf.Scalar>(tf.square(tensor)));
    return squares.length === 0 ? tf.scalar(0) : tf.sqrt(tf.addN(squares));
  });
}

/**
 * The factor that brings a gradient of norm `norm` down to `maxNorm`; 1 where it is smaller.
 *
 * Source: `torch.nn.utils.clip_grad_norm_`, its 1e-6 included.
 */
export function clipFactor(norm: tf.Scalar, maxNorm: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1));
}

/**
 * Scales gradients so that their global norm is at most `maxNorm`. The training loop folds the same
 * factor into the optimizer's step instead, which saves a pass over memory.
 *
 * @returns new tensors under the same names, the caller's, and the norm before
 */
export function clipByGlobalNorm(
  gradients: Readonly<tf.NamedTensorMap>,
  maxNorm: number,
): { readonly gradients: tf.NamedTensorMap; readonly norm: tf.Scalar } {
  return tf.tidy(() => {
    const norm = globalNorm(Object.values(gradients));
    const factor = clipFactor(norm, maxNorm);
    const clipped = Object.entries(gradients).map(([name, value]) => [name, tf.mul(value, factor)]);
    return { gradients: Object.fromEntries(clipped) as tf.NamedTensorMap, norm };
  });
}
