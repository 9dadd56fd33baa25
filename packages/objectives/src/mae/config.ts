import { extent } from '@voxmim/core';
import * as z from 'zod';

import { targetFields, targetRules } from '../target.js';

/** Config of a `MaeObjective`. Defaults are the shipped configuration of the paper. */
export const MaeConfig = z
  .strictObject({
    decoderEmbedDim: extent.default(512).describe('Token width of the decoder.'),
    decoderDepth: extent.default(8).describe('Transformer blocks of the decoder.'),
    decoderNumHeads: extent
      .default(8)
      .describe('Attention heads of the decoder; must divide decoderEmbedDim. facebook MAE: 16.'),
    decoderMlpRatio: z.number().positive().default(4).describe('MLP width over decoderEmbedDim.'),
    decoderQkvBias: z
      .boolean()
      .default(false)
      .describe('Whether queries, keys and values have a bias; facebook MAE: yes.'),
    decoderPositions: z
      .enum(['learned', 'sincos'])
      .default('learned')
      .describe('Position embedding; sincos is fixed and needs a decoderEmbedDim that 6 divides.'),
    decoderInit: z
      .enum(['normal', 'xavier'])
      .default('normal')
      .describe(
        'How linear layers of the decoder start: normal with deviation 0.02, or xavier, uniform by the ' +
          'width, as facebook MAE.',
      ),
    tokenStd: z
      .number()
      .positive()
      .default(0.02)
      .describe('Spread of the initial mask token and learned positions; MIM-Med3D: 1.'),
    epsilon: z.number().positive().default(1e-5).describe('Of the layer norms.'),
    recomputeBlocks: z
      .boolean()
      .default(false)
      .describe(
        'Whether training keeps only what goes into each block of the decoder and computes the rest again for the ' +
          'gradient: less memory, about a third more time, the same numbers.',
      ),
    ...targetFields,
  })
  .refine(({ decoderEmbedDim, decoderNumHeads }) => decoderEmbedDim % decoderNumHeads === 0, {
    path: ['decoderNumHeads'],
    error: 'decoderNumHeads must divide decoderEmbedDim',
  })
  .refine(
    ({ decoderEmbedDim, decoderPositions }) =>
      decoderPositions === 'learned' || decoderEmbedDim % 6 === 0,
    { path: ['decoderEmbedDim'], error: 'sincos positions need a width that 6 divides' },
  )
  .refine(...targetRules.normPixLoss)
  .refine(...targetRules.hogCellSize);
export type MaeConfig = z.infer<typeof MaeConfig>;
