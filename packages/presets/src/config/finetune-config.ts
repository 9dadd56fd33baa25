import { extent } from '@voxmim/core';
import { AugmentationConfig, RegionsConfig } from '@voxmim/volumes';
import { SegmentationLossConfig } from '@voxmim/segmentation';
import * as z from 'zod';

import { namedComponent } from './component-schema.js';
import { EvaluationConfig } from './evaluation-config.js';
import { StrategyConfig } from './fine-tuning-strategy.js';
import { InferenceConfig } from './inference-config.js';
import { LabelsConfig } from './labels-config.js';
import { FinetuneOptimizerConfig } from './optimization-config.js';
import { runFields } from './run-fields.js';

/** The weights that a fine-tuning starts from. */
export const InitializationConfig = z.strictObject({
  checkpoint: z
    .string()
    .min(1)
    .describe(
      'A run, one of its checkpoint folders, a .voxmim package, or a file of weights: safetensors, or .pt, .pth ' +
        'or .ckpt of ' +
        'MONAI (ViT, UNETR, Swin UNETR), MIM-Med3D, facebook MAE or timm.',
    ),
  part: z
    .enum(['encoder', 'all'])
    .default('encoder')
    .describe('What is taken: the encoder, or the head too where the checkpoint has the same.'),
  minCoverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe('Least share of that part that must be found there, or the run stops.'),
  rescale: z
    .boolean()
    .default(true)
    .describe(
      'Whether the residual stream of a ViT is brought to size 1 as it is handed over: pretraining may grow it ' +
        'a hundredfold, and a new head beside it then learns slowly. The final features stay as they are. ' +
        'Without effect on other encoders and with part "all".',
    ),
});
export type InitializationConfig = z.infer<typeof InitializationConfig>;

/** What fine-tuning leaves as it is. */
export const FreezeConfig = z.strictObject({
  encoder: z
    .union([z.boolean(), extent])
    .default(false)
    .describe(
      'true: the encoder keeps its weights and runs as in inference (with the head "light": a linear ' +
        'probe); a number: for so many first steps; false: it is trained from the start.',
    ),
});
export type FreezeConfig = z.infer<typeof FreezeConfig>;

/** How fine-tuning is watched. */
export const FinetuneValidationConfig = z.strictObject({
  every: extent.default(250).describe('Steps between validations by sliding window.'),
  cases: extent
    .nullable()
    .default(null)
    .describe('How many of the validation cases are used each time; null: all.'),
});
export type FinetuneValidationConfig = z.infer<typeof FinetuneValidationConfig>;

/** A fine-tuning (or from-scratch) run as data. */
export const FinetuneConfig = z.strictObject({
  task: z.literal('finetune').default('finetune').describe('What this file configures.'),
  ...runFields,
  from: InitializationConfig.nullable()
    .default(null)
    .describe('Where the encoder comes from; null: from scratch.'),
  optimizer: FinetuneOptimizerConfig.prefault({}).describe('AdamW.'),
  strategy: StrategyConfig,
  freeze: FreezeConfig.prefault({}).describe('What is left as it is, and for how long.'),
  labels: LabelsConfig.prefault({}).describe('How many of the training labels are used.'),
  crops: z
    .enum(['balanced', 'classBalanced', 'uniform'])
    .default('balanced')
    .describe(
      'Where crops lie: centered on labeled voxels and on background, on a voxel of a class that is drawn ' +
        'first, or anywhere.',
    ),
  positiveShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Share of balanced crops that are centered on a labeled voxel.'),
  classRatios: z
    .array(z.number().min(0))
    .min(1)
    .refine((ratios) => ratios.some((ratio) => ratio > 0), 'expected one above 0')
    .readonly()
    .nullable()
    .default(null)
    .describe(
      'How often class-balanced crops are centered on each class, background first; null: on each class ' +
        'of the case alike.',
    ),
  augmentation: AugmentationConfig.prefault({}).describe('Done to each crop anew.'),
  head: namedComponent('unetr').describe('The segmentation head.'),
  regions: RegionsConfig.nullable()
    .default(null)
    .describe(
      'Sets of labels, such as whole tumor and tumor core, learned with a sigmoid each and judged in ' +
        'place of the classes; null: classes exclude each other.',
    ),
  loss: SegmentationLossConfig.describe('What is minimized.'),
  inference: InferenceConfig.prefault({}).describe('Sliding-window inference.'),
  evaluation: EvaluationConfig.prefault({}).describe('How test cases are judged.'),
  judge: z
    .boolean()
    .default(true)
    .describe(
      'Whether the best checkpoint is judged on the test cases; no where settings are chosen.',
    ),
  validation: FinetuneValidationConfig.prefault({}).describe('How the run is watched.'),
});
export type FinetuneConfig = z.infer<typeof FinetuneConfig>;

/** First steps in which the encoder keeps its weights; `Infinity`: all. */
export function frozenSteps({ encoder }: FreezeConfig): number {
  if (typeof encoder === 'number') return encoder;
  return encoder ? Infinity : 0;
}
