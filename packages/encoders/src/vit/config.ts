import { extent, shape3 } from '@voxmim/core';
import * as z from 'zod';

/** Config of a `VitEncoder`. Defaults are ViT-B/16 as the paper, MONAI and UNETR use it. */
export const VitConfig = z
  .strictObject({
    patchSize: shape3
      .default([16, 16, 16])
      .describe('Voxels per token along each axis [D, H, W]; must divide the input.'),
    embedDim: extent.default(768).describe('Token width.'),
    depth: extent.default(12).describe('Transformer blocks.'),
    numHeads: extent.default(12).describe('Attention heads; must divide embedDim.'),
    mlpRatio: z.number().positive().default(4).describe('Hidden width of each MLP over embedDim.'),
    qkvBias: z
      .boolean()
      .default(false)
      .describe('Whether queries, keys and values have a bias; MONAI: no, timm: yes.'),
    positions: z
      .enum(['learned', 'sincos'])
      .default('learned')
      .describe('Position embedding; sincos is fixed and needs an embedDim that 6 divides.'),
    init: z
      .enum(['normal', 'xavier'])
      .default('normal')
      .describe(
        'How linear layers start: normal with deviation 0.02 whatever the width, as MONAI and timm, made ' +
          'for a width of 768; or xavier, uniform by the width, as facebook MAE: better below 400.',
      ),
    classToken: z
      .boolean()
      .default(false)
      .describe(
        'Whether a learned token that stands for no place goes before the others, as in timm and ' +
          'facebook MAE; no mask hides it, and no feature level holds it.',
      ),
    dropPathRate: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Stochastic depth of the last block; rises linearly from 0 at the first.'),
    levelBlocks: z
      .array(extent)
      .readonly()
      .optional()
      .describe(
        'Blocks whose output makes a feature level, counted from 1, beside the last level, which is ' +
          'the final norm. Without it 1 + k * floor(depth / 4) for k = 1, 2, 3: 4, 7, 10 of 12, as UNETR.',
      ),
    finalNorm: z
      .boolean()
      .default(true)
      .describe(
        'Whether masked pretraining passes tokens through the final norm, as facebook MAE does and ' +
          'MIM-Med3D does not. Feature levels always end with it.',
      ),
    levelNorm: z
      .boolean()
      .default(false)
      .describe(
        'Whether the levels before the last are layer-normed without parameters, as those of a Swin are: ' +
          'then a head gets levels of one size, from scratch and pretrained alike. MONAI: no.',
      ),
    epsilon: z.number().positive().default(1e-5).describe('Of the layer norms.'),
    recomputeBlocks: z
      .boolean()
      .default(false)
      .describe(
        'Whether training keeps only what goes into each block and computes the rest again for the ' +
          'gradient: less memory, about a third more time, the same numbers.',
      ),
  })
  .refine(({ embedDim, numHeads }) => embedDim % numHeads === 0, {
    path: ['numHeads'],
    error: 'numHeads must divide embedDim',
  })
  .refine(({ embedDim, positions }) => positions === 'learned' || embedDim % 6 === 0, {
    path: ['embedDim'],
    error: 'sincos positions need an embedDim that 6 divides',
  })
  .refine(({ depth, levelBlocks = [] }) => levelBlocks.every((block) => block <= depth), {
    path: ['levelBlocks'],
    error: 'levelBlocks must not exceed depth',
  })
  .refine(
    ({ levelBlocks = [] }) =>
      levelBlocks.every((block, index) => block >= (levelBlocks[index - 1] ?? 0)),
    { path: ['levelBlocks'], error: 'levelBlocks must not fall' },
  );
export type VitConfig = z.infer<typeof VitConfig>;

/** The usual sizes, as the part of a {@link VitConfig} that sets them apart. */
export const vitPresets = {
  small: { embedDim: 384, depth: 12, numHeads: 6 },
  base: { embedDim: 768, depth: 12, numHeads: 12 },
  large: { embedDim: 1024, depth: 24, numHeads: 16 },
} as const satisfies Readonly<Record<string, Partial<VitConfig>>>;
