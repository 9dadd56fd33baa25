import type { MaskedObjective } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../batches/masked-batches.js';

/** The values of a tensor `[B, d, h, w, F]`. */
export interface FeatureMap {
  readonly values: Float32Array;
  readonly shape: readonly [number, number, number, number, number];
}

/** What a masked objective should have predicted of a batch, and what it did. */
export interface JudgedPrediction {
  /** The volumes, or what is predicted in their place. */
  readonly truth: FeatureMap;
  /** In the shape of `truth`; right on hidden tokens only. */
  readonly guess: Float32Array;
  readonly isVoxels: boolean;
}

/** Reads prediction and truth, both in the units of the input where intensities are predicted. */
export async function judgePrediction(
  objective: MaskedObjective,
  { voxels, shape, mask }: MaskedBatch,
): Promise<JudgedPrediction> {
  let isVoxels = true;
  const { truth, guess } = tf.tidy(() => {
    const volumes = tf.tensor5d(voxels, shape);
    const { prediction, volumes: shown } = objective.reconstruct(volumes, mask);
    isVoxels = shown !== null;
    const map = isVoxels ? undefined : objective.target?.(volumes);
    return { truth: map ?? volumes, guess: shown ?? prediction };
  });
  const values = await truth.data<'float32'>();
  const guessed = await guess.data<'float32'>();
  tf.dispose([truth, guess]);
  return { truth: { values, shape: truth.shape }, guess: guessed, isVoxels };
}
