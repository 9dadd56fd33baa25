import { tile, type Shape3, volumeOf } from '@voxmim/core';
import { patchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { gradientMap } from './gradient-map.js';

const PHI = (1 + Math.sqrt(5)) / 2;

/** The ten lines through opposite vertices of a dodecahedron, as unit vectors [d, h, w]. */
const AXES: readonly Shape3[] = (
  [
    [1, 1, 1],
    [1, 1, -1],
    [1, -1, 1],
    [1, -1, -1],
    [0, 1 / PHI, PHI],
    [0, -1 / PHI, PHI],
    [1 / PHI, PHI, 0],
    [-1 / PHI, PHI, 0],
    [PHI, 0, 1 / PHI],
    [PHI, 0, -1 / PHI],
  ] as const
).map(([d, h, w]) => [d / Math.sqrt(3), h / Math.sqrt(3), w / Math.sqrt(3)]);

/** Bins of a histogram. */
export const axisCount = AXES.length;
/** The cosine between neighboring axes. */
const NEIGHBORS = Math.sqrt(5) / 3;
/** Mean gradients far below this, in intensity per voxel, count as none: air stays 0. */
const FAINT = 1e-3;
const TINY = 1e-12;

/**
 * Histograms of oriented gradients in 3D, one for each cell and channel.
 *
 * 1. The gradient `g` of each voxel by central differences over the whole volume.
 * 2. Its votes for ten axes `a`, sign ignored: `v = max(0, |g · a| − |g| √5/3)`, then scaled to the
 *    length `|g|`: `|g| v / ‖v‖₂`. The threshold is the cosine between neighbors, so a gradient
 *    along an axis votes for no other.
 * 3. The mean of the votes over the voxels of a cell, `h`.
 * 4. `h / √(‖h‖₂² + 10⁻⁶)`, of each cell by itself.
 *
 * Source: HOG as the target of masked prediction, with unsigned bins and cells normalized one by
 * one, is MaskFeat's (Wei et al., arXiv:2112.09133), which bins angles in the plane; votes for the
 * axes of a regular polyhedron are those of Kläser et al., BMVC 2008, who keep the sign (20 bins).
 * The constant in 4 is ours: without it the noise of air has the length of an edge.
 *
 * @param volumes `[B, D, H, W, C]`
 * @param cellSize voxels per cell
 * @returns `[B, D / cd, H / ch, W / cw, 10 C]`, the ten bins of a channel together
 */
export function orientationMap(volumes: tf.Tensor5D, cellSize: Shape3): tf.Tensor5D {
  const [batch, depth, height, width, channels] = volumes.shape;
  const grid = tile([depth, height, width], cellSize);
  return tf.tidy(() => {
    const byAxis: tf.Tensor3D = tf.reshape(gradientMap(volumes), [-1, 3, channels]);
    const votes = votesOf(tf.reshape(tf.transpose(byAxis, [0, 2, 1]), [-1, 3]));
    const bins = axisCount * channels;
    const map: tf.Tensor5D = tf.reshape(votes, [batch, depth, height, width, bins]);
    const cells = tf.reshape(patchify(map, cellSize), [-1, volumeOf(cellSize), bins]);
    const histograms = tf.reshape(tf.mean(cells, 1), [-1, axisCount]);
    const squares = tf.sum(tf.square(histograms), 1, true);
    const normed = tf.div(histograms, tf.sqrt(tf.add(squares, FAINT * FAINT)));
    return tf.reshape(normed, [batch, ...grid, bins]);
  });
}

/** @param gradients `[N, 3]` @returns `[N, 10]` */
function votesOf(gradients: tf.Tensor2D): tf.Tensor2D {
  const along = tf.abs(
    tf.matMul(gradients, tf.tensor2d(AXES.map((axis) => [...axis])), false, true),
  );
  const length = tf.sqrt(tf.add(tf.sum(tf.square(gradients), 1, true), TINY));
  const votes = tf.relu(tf.sub(along, tf.mul(length, NEIGHBORS)));
  const squares = tf.sum(tf.square(votes), 1, true);
  return tf.mul(votes, tf.div(length, tf.sqrt(tf.add(squares, TINY))));
}
