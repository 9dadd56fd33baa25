import type { Volume } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { mirrored } from './mirrored.js';
import {
  labelWindows,
  logitWindows,
  regionWindows,
  type ScoreWindows,
  type SlidingWindowOptions,
} from './score-windows.js';

/** A model at inference: `[B, ...roi, C]` to `[B, ...roi, classes]`. */
export type Predict = (windows: tf.Tensor5D) => tf.Tensor5D;

/**
 * Labels each voxel with the class of the largest blended logit. Holds logits for one window's
 * depth at a time.
 *
 * @param predict may leave tensors behind: it runs in a tidy
 * @returns labels on the grid of `volume`
 * @throws `INVALID_CONFIG`; `SHAPE_MISMATCH` when `predict` returns another grid; `INVALID_DATA` when
 *   a logit is not finite: its label would be a plausible 0
 */
export async function slidingWindow(
  volume: Volume<Float32Array>,
  predict: Predict,
  options: SlidingWindowOptions,
): Promise<Volume<Uint8Array>> {
  return labelWindows(volume, scoreOf(predict, options), options);
}

/**
 * Like {@link slidingWindow}, for channels that may overlap: each is 1 where its own sigmoid is above
 * one half.
 *
 * @returns masks on the grid of `volume`, one channel per region
 */
export async function slidingWindowRegions(
  volume: Volume<Float32Array>,
  predict: Predict,
  options: SlidingWindowOptions,
): Promise<Volume<Uint8Array>> {
  return regionWindows(volume, scoreOf(predict, options), options);
}

/**
 * Like {@link slidingWindow}, but returns the blended logits themselves, one channel per class:
 * for regions, ensembles and soft outputs.
 */
export async function slidingWindowLogits(
  volume: Volume<Float32Array>,
  predict: Predict,
  options: SlidingWindowOptions,
): Promise<Volume<Float32Array>> {
  return logitWindows(volume, scoreOf(predict, options), options);
}

/** A model of tensors as one of arrays, over its mirror images too if asked. */
export function scoreOf(
  predict: Predict,
  { mirror = false }: { readonly mirror?: boolean | undefined },
): ScoreWindows {
  const model = mirror ? mirrored(predict) : predict;
  return async ({ values, shape }) => {
    const output = tf.tidy(() => model(tf.tensor5d(values, [...shape])));
    try {
      return { values: await output.data<'float32'>(), shape: output.shape };
    } finally {
      output.dispose();
    }
  };
}
