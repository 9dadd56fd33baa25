import { shape3, type Shape3, type TokenMask } from '@voxmim/core';
import { hiddenTokens, patchify, takeTokens } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

/** The part of a config that says what a masked objective predicts and how it is scored. */
export const targetFields = {
  target: z
    .enum(['voxels', 'gradients', 'hog'])
    .default('voxels')
    .describe(
      'What is predicted: intensities (the papers), their differences along the axes, or histograms ' +
        'of oriented gradients as MaskFeat does.',
    ),
  hogCellSize: shape3
    .optional()
    .describe('Voxels per histogram along each axis; must divide a token. Without it, a token.'),
  loss: z
    .enum(['l1', 'l2', 'smoothL1'])
    .default('l1')
    .describe(
      'Error per voxel: absolute (the paper), squared (facebook MAE) or Huber with width 1.',
    ),
  normPixLoss: z
    .boolean()
    .default(false)
    .describe('Whether each patch is standardized before it is predicted, as facebook MAE does.'),
  lossOn: z
    .enum(['hidden', 'all'])
    .default('hidden')
    .describe('Tokens whose voxels are scored: those the encoder did not see (the paper), or all.'),
} as const;

/** The `refine`s of a config with `targetFields`. */
export const targetRules = {
  normPixLoss: [
    ({ target, normPixLoss }: Target) => target === 'voxels' || !normPixLoss,
    'normPixLoss standardizes voxels: it needs target "voxels"',
  ],
  hogCellSize: [
    ({ target, hogCellSize }: Target) => target === 'hog' || hogCellSize === undefined,
    'hogCellSize needs target "hog"',
  ],
} as const;

/** How voxels are scored; see `targetFields`. */
export type VoxelLoss = 'l1' | 'l2' | 'smoothL1';

/** Config of what is predicted and how it is scored. */
export interface Target {
  readonly target: 'voxels' | 'gradients' | 'hog';
  readonly hogCellSize?: Shape3 | undefined;
  readonly loss: VoxelLoss;
  readonly normPixLoss: boolean;
  readonly lossOn: 'hidden' | 'all';
}

/** Tokens by id, `[B, K]`; null means all of them, in row-major order of the grid. */
export type TokenChoice = tf.Tensor2D | null;

/** The tokens that `lossOn` scores: the hidden ones in the order of `mask.hiddenIds`, or all. */
export function scoredTokens(mask: TokenMask, lossOn: Target['lossOn']): TokenChoice {
  return lossOn === 'all' ? null : hiddenTokens(mask);
}

/** @param tokens `[B, L, C]` @returns `[B, K, C]` */
export function chooseTokens(tokens: tf.Tensor3D, choice: TokenChoice): tf.Tensor3D {
  return choice ? takeTokens(tokens, choice) : tokens;
}

/**
 * The mean error over the numbers of the scored patches: with `lossOn: 'hidden'`, visible ones have
 * no weight.
 *
 * Source: `forward_loss` of facebookresearch/mae; of microsoft/SimMIM but for the `1e-5` it adds to
 * the number of hidden voxels. Both papers score all voxels too, as ablations.
 *
 * @param predicted `[B, K, P]`, of `scoredTokens`
 * @param map `[B, d, h, w, F]`, what is to be predicted: the volumes, or another map over them
 * @param cellsPerToken cells of the map per token; voxels, where it is the volumes
 */
export function reconstructionLoss(
  predicted: tf.Tensor3D,
  map: tf.Tensor5D,
  mask: TokenMask,
  cellsPerToken: Shape3,
  { loss, normPixLoss, lossOn }: Pick<Target, 'loss' | 'normPixLoss' | 'lossOn'>,
): tf.Scalar {
  return tf.tidy(() => {
    const patches = chooseTokens(patchify(map, cellsPerToken), scoredTokens(mask, lossOn));
    const target = normPixLoss ? normalizePatches(patches) : patches;
    return tf.mean(voxelLoss(predicted, target, loss));
  });
}

/** The error of each voxel, in the shape of its arguments. */
export function voxelLoss<R extends tf.Rank>(
  predicted: tf.Tensor<R>,
  target: tf.Tensor<R>,
  kind: VoxelLoss,
): tf.Tensor<R> {
  return tf.tidy(() => {
    const difference: tf.Tensor<R> = tf.sub(predicted, target);
    if (kind === 'l2') return tf.square(difference);
    const size = tf.abs(difference);
    if (kind === 'l1') return size;
    const near = tf.minimum(size, 1); // near · (size - near / 2): no branch that depends on values
    return tf.mul(near, tf.sub(size, tf.mul(near, 0.5)));
  });
}

/** Mean and standard deviation of each patch, `[B, L, 1]` each; as facebook MAE's `norm_pix_loss`. */
export function patchStatistics(patches: tf.Tensor3D): { mean: tf.Tensor3D; std: tf.Tensor3D } {
  return tf.tidy(() => {
    const values = patches.shape[2];
    const mean: tf.Tensor3D = tf.mean(patches, -1, true);
    const squares = tf.sum(tf.square(tf.sub(patches, mean)), -1, true);
    const variance = tf.div(squares, Math.max(values - 1, 1)); // unbiased, as torch.var
    const safe: tf.Tensor3D = tf.add(variance, 1e-6);
    return { mean, std: tf.sqrt(safe) };
  });
}

/** Standardizes each patch: what `normPixLoss` predicts. */
export function normalizePatches(patches: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    const { mean, std } = patchStatistics(patches);
    return tf.div(tf.sub(patches, mean), std);
  });
}
