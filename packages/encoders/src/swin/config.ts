import { extent, shape3 } from '@voxmim/core';
import * as z from 'zod';

/** Config of a `SwinEncoder`. Defaults are the paper's Swin-T with isotropic merging. */
export const SwinConfig = z
  .strictObject({
    patchSize: shape3
      .default([4, 4, 4])
      .describe('Voxels per token along each axis [D, H, W]; Swin UNETR: 2.'),
    embedDim: extent.default(96).describe('Token width of the first stage; doubles at each merge.'),
    depths: z
      .array(extent)
      .min(1)
      .readonly()
      .default([2, 2, 6, 2])
      .describe('Blocks of each stage.'),
    numHeads: z
      .array(extent)
      .min(1)
      .readonly()
      .default([3, 6, 12, 24])
      .describe('Attention heads of each stage; must divide its width.'),
    windowSize: shape3
      .default([7, 7, 7])
      .describe('Tokens per attention window; shrinks to the grid where that is smaller.'),
    mlpRatio: z.number().positive().default(4).describe('Hidden width of each MLP over its width.'),
    qkvBias: z.boolean().default(true).describe('Whether queries, keys and values have a bias.'),
    patchNorm: z.boolean().default(true).describe('Whether patch embeddings are layer-normed.'),
    dropPathRate: z
      .number()
      .min(0)
      .lt(1)
      .default(0.1)
      .describe('Stochastic depth of the last block; rises linearly from 0 at the first.'),
    merging: z
      .enum(['isotropic', 'inPlane'])
      .default('isotropic')
      .describe('Axes that a merge halves: all, or height and width only as in MIM-Med3D.'),
    stageConvolution: z
      .boolean()
      .default(false)
      .describe('Whether each stage begins with a residual convolution, as in Swin UNETR v2.'),
    levels: z
      .enum(['stages', 'swinUnetr'])
      .default('stages')
      .describe(
        'Feature levels: what each stage gives before its merge, or as in Swin UNETR the patch ' +
          'embedding and what follows each merge, the last stage merging too.',
      ),
    epsilon: z.number().positive().default(1e-5).describe('Of the layer norms.'),
  })
  .refine(({ depths, numHeads }) => depths.length === numHeads.length, {
    path: ['numHeads'],
    error: 'numHeads must have one entry per stage, as depths',
  })
  .refine(
    ({ embedDim, numHeads }) => numHeads.every((heads, at) => (embedDim * 2 ** at) % heads === 0),
    { path: ['numHeads'], error: 'numHeads must divide the width of its stage' },
  );
export type SwinConfig = z.infer<typeof SwinConfig>;

/**
 * Swin-T and Swin-B as the paper's code tries them, which never merges depth, and the encoder of Swin
 * UNETR, as the part of a {@link SwinConfig} that sets them apart.
 */
export const swinPresets = {
  tiny: {
    embedDim: 96,
    depths: [2, 2, 6, 2],
    numHeads: [3, 6, 12, 24],
    windowSize: [7, 7, 7],
    merging: 'inPlane',
  },
  base: {
    embedDim: 128,
    depths: [2, 2, 18, 2],
    numHeads: [4, 8, 16, 32],
    windowSize: [7, 7, 7],
    merging: 'inPlane',
  },
  unetr: {
    patchSize: [2, 2, 2],
    embedDim: 48,
    depths: [2, 2, 2, 2],
    numHeads: [3, 6, 12, 24],
    windowSize: [7, 7, 7],
    patchNorm: false,
    dropPathRate: 0,
    levels: 'swinUnetr',
  },
} as const satisfies Readonly<Record<string, Partial<SwinConfig>>>;
