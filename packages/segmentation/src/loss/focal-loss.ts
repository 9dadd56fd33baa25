import * as tf from '@tensorflow/tfjs-core';

import type { LossTarget } from './loss-target.js';

/**
 * Cross-entropy in which voxels fade as they get easier: by `(1 - p)^gamma`, `p` being the
 * probability of what is true. The mean over voxels and classes.
 *
 * Differs from MONAI's `DiceFocalLoss`, which gives each class a sigmoid of its own even where
 * Dice uses softmax; equal to its `FocalLoss(use_softmax=True)`, and for regions to
 * `FocalLoss()`.
 *
 * Source: Lin et al., arXiv:1708.02002.
 *
 * @param scores `[B, N, C]` logits
 */
export function focalLoss(
  scores: tf.Tensor3D,
  { classes, overlapping }: LossTarget,
  gamma: number,
): tf.Scalar {
  if (!overlapping) {
    const logarithms = tf.logSoftmax(scores);
    const doubt = tf.pow(tf.sub(1, tf.exp(logarithms)), gamma);
    const loss: tf.Scalar = tf.mean(tf.mul(tf.mul(doubt, logarithms), classes));
    return tf.neg(loss);
  }
  // The score against what is true: positive where wrong.
  const wrong = tf.mul(scores, tf.sub(1, tf.mul(classes, 2)));
  const entropy = tf.add(tf.relu(wrong), tf.log1p(tf.exp(tf.neg(tf.abs(wrong)))));
  return tf.mean<tf.Scalar>(tf.mul(tf.pow(tf.sigmoid(wrong), gamma), entropy));
}
