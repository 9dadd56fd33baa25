import { deviceNames, extent, precisionNames, shape3, volumeOf } from '@voxmim/core';
import { CheckpointConfig, ScheduleConfig } from '@voxmim/training';
import * as z from 'zod';

import { namedComponent } from './component-schema.js';
import { DataConfig } from './data-config.js';
import { OptimizerConfig } from './optimization-config.js';

/** The most voxels of a crop: 2 GiB of them for one channel, before a network sees any. */
const MOST_VOXELS = 2 ** 29;

/** The fields that every training run has. */
export const runFields = {
  seed: z.int().min(0).default(42).describe('Of weights, order, crops, masks and augmentation.'),
  backend: z
    .string()
    .nullable()
    .default(null)
    .describe('TF.js backend; null: the best there is. `voxmim backends` lists them.'),
  device: z
    .enum(deviceNames)
    .or(z.templateLiteral(['cuda:', z.int().min(0)]))
    .nullable()
    .default(null)
    .describe('What the backend computes on; null: the processor, or what it is made for.'),
  precision: z
    .enum(precisionNames)
    .nullable()
    .default(null)
    .describe('How the torch backend computes products and convolutions; null: float32.'),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .nullable()
    .default(null)
    .describe('Threads of one operation of the backend; null: every core.'),
  plugins: z
    .array(z.string())
    .readonly()
    .default([])
    .describe(
      'Packages that register more components; they run only where the user allows it (--allow-plugin).',
    ),
  data: DataConfig.describe('The volumes.'),
  crop: shape3
    .refine(
      (crop) => volumeOf(crop) <= MOST_VOXELS,
      'expected at most 1024 × 1024 × 512 voxels in all',
    )
    .default([96, 96, 96])
    .describe('Voxels per axis [D, H, W] of one training sample; a multiple of the token size.'),
  inChannels: extent.default(1).describe('Channels of the images; modalities are channels.'),
  encoder: namedComponent('vit').describe('The backbone.'),
  steps: extent.describe('Optimizer steps.'),
  batchSize: extent.default(4).describe('Crops per batch.'),
  optimizer: OptimizerConfig.prefault({}).describe('AdamW.'),
  schedule: ScheduleConfig.prefault({ name: 'cosine' }).describe('The learning rate over time.'),
  checkpoint: CheckpointConfig.prefault({}).describe('When to save.'),
  averageDecay: z
    .number()
    .gt(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe('Keeps an exponential average of the weights, such as 0.999, and validates with it.'),
  loggers: z
    .array(z.looseObject({ name: z.string().min(1).describe('Which logger.') }))
    .readonly()
    .default([])
    .describe(
      'Who else is told of every step and evaluation: loggers that plugins bring, each by name.',
    ),
  tensorBoard: z.boolean().default(true).describe('Whether to write TensorBoard event files too.'),
};
