/**
 * What every loss here needs of a batch: per sample and class, three sums over voxels. They are one
 * op with its gradient in closed form, since these tensors are the largest of a training step and
 * each pass over them counts; what losses make of the sums is a handful of numbers.
 *
 * @module
 */
import { withGradient } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { LossTarget } from './loss-target.js';

/** Sums over voxels, `[B, C]` each. Gradients flow through all but `actual`. */
export interface ClassSums {
  /** Of probability where the class is true. */
  readonly overlap: tf.Tensor2D;
  /** Of probability, or of its square. */
  readonly predicted: tf.Tensor2D;
  /** Of log-likelihood: of the true class, or of being in the region or out of it. */
  readonly logLikelihood: tf.Tensor2D;
  /** Of voxels where the class is true. */
  readonly actual: tf.Tensor2D;
  /** Whether classes may overlap. */
  readonly overlapping: boolean;
}

/**
 * @param scores `[B, N, C]` logits
 * @param squared whether `predicted` sums squares
 */
export function classSums(scores: tf.Tensor3D, target: LossTarget, squared: boolean): ClassSums {
  const { classes, overlapping } = target;
  const [batch, , channels] = classes.shape;
  const likelihood = overlapping ? bernoulli : categorical;
  const sums = withGradient<tf.Rank.R3>(
    [scores],
    [scores, classes],
    () => {
      const { probabilities: p, logLikelihood } = likelihood.forward(scores, classes);
      const predicted = tf.sum(squared ? tf.square(p) : p, 1);
      const rows: tf.Tensor[] = [overlapOf(p, classes), predicted, logLikelihood];
      return tf.reshape(tf.stack(rows, 1), [batch, rows.length, channels]);
    },
    (dy, [x = scores, t = classes]) => {
      const slope = (row: number) => tf.slice(dy, [0, row, 0], [-1, 1, -1]); // [B, 1, C]
      const p = likelihood.probabilities(x);
      const ofPredicted = squared ? tf.mul(p, tf.mul(slope(1), 2)) : slope(1);
      return [likelihood.backward(p, t, slope(0), ofPredicted, slope(2))];
    },
  );
  const row = (index: number): tf.Tensor2D =>
    tf.reshape(tf.slice(sums, [0, index, 0], [-1, 1, -1]), [batch, channels]);
  return {
    overlap: row(0),
    predicted: row(1),
    logLikelihood: row(2),
    actual: tf.sum(classes, 1),
    overlapping,
  };
}

/** How scores become probabilities, and the gradient through that. */
interface Likelihood {
  probabilities(x: tf.Tensor): tf.Tensor;
  forward(x: tf.Tensor, t: tf.Tensor): { probabilities: tf.Tensor; logLikelihood: tf.Tensor };
  /**
   * @param ofOverlap slope of the loss in `overlap`, `[B, 1, C]`; likewise the next two
   */
  backward(
    p: tf.Tensor,
    t: tf.Tensor,
    ofOverlap: tf.Tensor,
    ofPredicted: tf.Tensor,
    ofLogLikelihood: tf.Tensor,
  ): tf.Tensor;
}

/** One class per voxel. */
const categorical: Likelihood = {
  probabilities: (x) => tf.softmax(x),
  forward: (x, t) => {
    const logarithms = tf.logSoftmax(x);
    return { probabilities: tf.exp(logarithms), logLikelihood: overlapOf(logarithms, t) };
  },
  // With q = p dL/dp + dL/d(log p), the gradient is q - p Σ q.
  backward: (p, t, ofOverlap, ofPredicted, ofLogLikelihood) => {
    const whereTrue = tf.mul(t, tf.add(tf.mul(p, ofOverlap), ofLogLikelihood));
    const q = tf.add(whereTrue, tf.mul(p, ofPredicted));
    return tf.sub(q, tf.mul(p, tf.sum(q, -1, true)));
  },
};

/** Each class on its own. */
const bernoulli: Likelihood = {
  probabilities: (x) => tf.sigmoid(x),
  forward: (x, t) => {
    // x t - max(x, 0) - log(1 + exp(-|x|)): finite for any x.
    const softplus = tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
    const logLikelihood = tf.sum(tf.sub(tf.mul(x, t), softplus), 1);
    return { probabilities: tf.sigmoid(x), logLikelihood };
  },
  backward: (p, t, ofOverlap, ofPredicted, ofLogLikelihood) => {
    const ofProbability = tf.add(tf.mul(t, ofOverlap), ofPredicted);
    const spread = tf.mul(p, tf.sub(1, p));
    return tf.add(tf.mul(spread, ofProbability), tf.mul(tf.sub(t, p), ofLogLikelihood));
  },
};

/**
 * `Σ x t` over voxels, `[B, C]`: the diagonal of one matrix product, which reads both once and
 * writes nothing large.
 */
function overlapOf(x: tf.Tensor, t: tf.Tensor): tf.Tensor {
  const products = tf.matMul(t, x, true);
  return tf.sum(tf.mul(products, tf.eye(products.shape[1] ?? 1)), 1);
}
