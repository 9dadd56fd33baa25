import { extent } from '@voxmim/core';
import * as z from 'zod';

import { targetFields, targetRules } from '../target.js';

/** Config of a `SimmimObjective`. */
export const SimmimConfig = z
  .strictObject({
    tokenStd: z
      .number()
      .positive()
      .default(0.02)
      .describe('Spread of the initial mask token; MIM-Med3D: 1.'),
    decoder: z
      .enum(['linear', 'convolution'])
      .default('linear')
      .describe(
        'What predicts from the deepest features: one linear layer (the papers), or convolutions ' +
          'that double the resolution up to that of tokens, for hierarchical encoders.',
      ),
    decoderDim: extent.default(96).describe('Channels of the convolution decoder.'),
    ...targetFields,
  })
  .refine(...targetRules.normPixLoss)
  .refine(...targetRules.hogCellSize);
export type SimmimConfig = z.infer<typeof SimmimConfig>;
