import { extent } from '@voxmim/core';
import { AdamWConfig } from '@voxmim/training';
import * as z from 'zod';

/** AdamW and what is done to gradients before it. */
export const OptimizerConfig = z.strictObject({
  learningRate: z.number().positive().default(3e-4).describe('At the end of the warm-up.'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.05)
    .describe('Decoupled; biases, norms and single tokens are spared.'),
  ...AdamWConfig.shape,
  encoderScale: z
    .number()
    .positive()
    .default(1)
    .describe(
      "Factor on the encoder's learning rate: what is beside it, such as a head, keeps the full one.",
    ),
  layerDecay: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'Factor on the learning rate per encoder layer, from the head down; 1 is none. For fine-tunings of ' +
        'many thousand steps: in short ones the first layers would hardly move.',
    ),
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

/**
 * The same for a fine-tuning, where gradients are those of a few crops: their squares are remembered
 * longer, as MAE's fine-tuning and MIM-Med3D do.
 */
export const FinetuneOptimizerConfig = OptimizerConfig.extend({
  beta2: AdamWConfig.shape.beta2
    .unwrap()
    .default(0.999)
    .describe('Memory of its square; 0.999 as in the fine-tuning of MAE and in PyTorch.'),
});
