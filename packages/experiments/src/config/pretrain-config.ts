import { extent } from '@voxmim/core';
import { AugmentationConfig, noAugmentation } from '@voxmim/data';
import { z } from 'zod';

import { namedComponent } from './component-schema.js';
import { runFields } from './run-fields.js';

/** How pretraining is watched. */
export const PretrainValidationConfig = z.strictObject({
  every: extent.default(500).describe('Steps between validations.'),
  crops: extent.default(8).describe('Fixed crops, with fixed masks, that the loss is measured on.'),
});
export type PretrainValidationConfig = z.infer<typeof PretrainValidationConfig>;

/** A pretraining run as data. */
export const PretrainConfig = z.strictObject({
  task: z.literal('pretrain').default('pretrain').describe('What this file configures.'),
  ...runFields,
  masking: namedComponent('random').describe('What is hidden.'),
  objective: namedComponent('mae').describe('What is learned from it.'),
  augmentation: AugmentationConfig.prefault(noAugmentation).describe(
    'Done to each crop; contrastive objectives see two augmented crops of each volume.',
  ),
  validation: PretrainValidationConfig.prefault({}).describe('How the run is watched.'),
});
export type PretrainConfig = z.infer<typeof PretrainConfig>;
