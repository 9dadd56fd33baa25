import { extent, shape3 } from '@voxmim/core';
import * as z from 'zod';

const perStage = z.array(extent).min(1).readonly();

/** Config of a `VanEncoder`. Defaults are those of MIM-Med3D's code. */
export const VanConfig = z
  .strictObject({
    patchSize: shape3
      .default([4, 4, 4])
      .describe(
        'Voxels per token along each axis [D, H, W]. The stem overlaps: its kernel is 2 * size - 1.',
      ),
    embedDims: perStage.default([64, 128, 256, 512]).describe('Width of each stage.'),
    depths: perStage.default([3, 4, 6, 3]).describe('Blocks of each stage.'),
    mlpRatios: z
      .array(z.number().positive())
      .min(1)
      .readonly()
      .default([4, 4, 4, 4])
      .describe('Hidden width of the MLPs of each stage over its width.'),
    norm: z
      .enum(['batch', 'instance', 'layer'])
      .default('batch')
      .describe(
        'What normalizes: batches, with running statistics, as the paper; each sample over its ' +
          'voxels; or each voxel over its channels. The last two do not depend on the batch size.',
      ),
    layerScale: z
      .number()
      .positive()
      .default(1e-2)
      .describe('What the residual branches are scaled by at first, per channel.'),
    dropPathRate: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Stochastic depth of the last block; rises linearly from 0 at the first.'),
  })
  .refine(({ embedDims, depths }) => depths.length === embedDims.length, {
    path: ['depths'],
    error: 'depths must have one entry per stage, as embedDims',
  })
  .refine(({ embedDims, mlpRatios }) => mlpRatios.length === embedDims.length, {
    path: ['mlpRatios'],
    error: 'mlpRatios must have one entry per stage, as embedDims',
  });
export type VanConfig = z.infer<typeof VanConfig>;

/**
 * The sizes of the paper's VAN-B0, B1 and B2, whose numbers are of two dimensions, and the one that
 * MIM-Med3D tries, as the part of a {@link VanConfig} that sets them apart.
 */
export const vanPresets = {
  b0: { embedDims: [32, 64, 160, 256], depths: [3, 3, 5, 2], mlpRatios: [8, 8, 4, 4] },
  b1: { embedDims: [64, 128, 320, 512], depths: [2, 2, 4, 2], mlpRatios: [8, 8, 4, 4] },
  b2: { embedDims: [64, 128, 320, 512], depths: [3, 3, 12, 3], mlpRatios: [8, 8, 4, 4] },
  mimMed3d: { embedDims: [64, 128, 256, 512], depths: [3, 3, 12, 3], mlpRatios: [8, 8, 4, 4] },
} as const satisfies Readonly<Record<string, Partial<VanConfig>>>;
