import { extent } from '@voxmim/core';
import { AdamWConfig } from '@voxmim/training';
import { z } from 'zod';

/** AdamW and what is done to gradients before it. */
export const OptimizerConfig = z.strictObject({
  learningRate: z.number().positive().default(3e-4).describe('At the end of the warm-up.'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.05)
    .describe('Decoupled; biases, norms and single tokens are spared.'),
  ...AdamWConfig.shape,
  layerDecay: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Factor on the learning rate per encoder layer, from the head down; 1 is none.'),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(1)
    .describe('Greatest global norm of the gradients; null: no clipping.'),
  accumulate: extent
    .default(1)
    .describe('Batches whose gradients are averaged before each optimizer step.'),
});
export type OptimizerConfig = z.infer<typeof OptimizerConfig>;
