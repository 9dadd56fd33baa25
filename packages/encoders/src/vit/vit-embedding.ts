import { volumeOf, type EncoderGeometry, type Random } from '@voxmim/core';
import { buffer, parameter, sincosPosition3d, truncatedNormal } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { VitConfig } from './config.js';

/**
 * Positions of the tokens, `[1, L, embedDim]`; before them a row for the class token, if there is
 * one. Fixed ones, a buffer, are zero there, as facebook MAE's.
 */
export function createPositions(
  { positions, classToken }: VitConfig,
  { gridShape, embedDim }: EncoderGeometry,
  random: Random,
): tf.Variable<tf.Rank.R3> {
  const extra = classToken ? 1 : 0;
  return positions === 'sincos'
    ? buffer(() => tf.pad(sincosPosition3d(gridShape, embedDim), [[0, 0], [extra, 0], [0, 0]])) // prettier-ignore
    : parameter(() =>
        truncatedNormal<tf.Rank.R3>([1, extra + volumeOf(gridShape), embedDim], random),
      );
}

/**
 * Puts the class token, at its position, before the tokens of each sample.
 *
 * @param tokens `[B, K, C]`
 * @param classToken `[1, 1, C]`; null leaves the tokens as they are
 * @param positions `[1, 1 + L, C]`
 */
export function prependClassToken(
  tokens: tf.Tensor3D,
  classToken: tf.Tensor3D | null,
  positions: tf.Tensor3D,
): tf.Tensor3D {
  if (!classToken) return tokens;
  const [batch, , dim] = tokens.shape;
  const placed = tf.add(classToken, tf.slice(positions, [0, 0, 0], [1, 1, dim]));
  const each: tf.Tensor3D = tf.add(tf.zeros([batch, 1, dim]), placed);
  return tf.concat([each, tokens], 1);
}

/** The rows after the class token's, if there is one: `[B, L, C]`. */
export function dropClassToken(rows: tf.Tensor3D, classToken: tf.Tensor3D | null): tf.Tensor3D {
  return classToken ? tf.slice(rows, [0, 1, 0], [-1, -1, -1]) : rows;
}
