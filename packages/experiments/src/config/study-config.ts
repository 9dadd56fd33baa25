import { extent } from '@voxmim/core';
import { z } from 'zod';

import { FinetuneConfig } from './finetune-config.js';
import { PretrainConfig } from './pretrain-config.js';

/**
 * A comparison of training from scratch with fine-tuning from one pretraining, at several numbers of
 * labels and with several seeds. `encoder`, `crop`, `data` and `inChannels` of `pretrain` serve both.
 */
export const StudyConfig = z.strictObject({
  task: z.literal('study').default('study').describe('What this file configures.'),
  pretrain: PretrainConfig.describe('The pretraining.'),
  finetune: FinetuneConfig.describe('The fine-tuning; from, labels.use and seed are set per run.'),
  labels: z.array(extent).min(1).readonly().describe('Numbers of labeled volumes.'),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .readonly()
    .default([0])
    .describe('Seeds of the fine-tunings: weights of the head, order, crops.'),
});
export type StudyConfig = z.infer<typeof StudyConfig>;
