import { extent } from '@voxmim/core';
import { AugmentationConfig, noAugmentation } from '@voxmim/volumes';
import * as z from 'zod';

import { namedComponent } from './component-schema.js';
import { LabelsConfig } from './labels-config.js';
import { runFields } from './run-fields.js';

/** How pretraining is watched. */
export const PretrainValidationConfig = z.strictObject({
  every: extent.default(500).describe('Steps between validations.'),
  crops: extent
    .max(65_536)
    .default(8)
    .describe('Fixed crops, with fixed masks, that the loss is measured on.'),
  probeCases: z
    .int()
    .min(0)
    .default(8)
    .describe(
      'Labeled cases of training that a linear probe of the encoder is fitted on, and of validation that ' +
        'it is judged on, where there are labels; 0: none. It only watches: no label reaches a weight.',
    ),
});
export type PretrainValidationConfig = z.infer<typeof PretrainValidationConfig>;

/** A pretraining run as data. */
export const PretrainConfig = z.strictObject({
  task: z.literal('pretrain').default('pretrain').describe('What this file configures.'),
  ...runFields,
  cases: LabelsConfig.prefault({}).describe(
    'How many of the training volumes are seen. Smaller sets lie inside larger ones.',
  ),
  masking: namedComponent('random')
    .nullable()
    .describe('What is hidden; null, the default of contrastive objectives: nothing.'),
  objective: namedComponent('mae').describe('What is learned from it.'),
  augmentation: AugmentationConfig.prefault(noAugmentation).describe(
    'Done to each crop. What is not named: nothing for masked objectives; for contrastive ones coarse ' +
      'dropout and shuffling of each of the two views, in boxes that scale with the crop.',
  ),
  room: z
    .tuple([z.int().min(0), z.int().min(0), z.int().min(0)])
    .readonly()
    .default([0, 0, 0])
    .describe(
      'Voxels per axis [D, H, W] that every volume is at least larger than a crop, padded where it is not: ' +
        'crops of small volumes then do not all show the same place, whose average would be all there is to learn.',
    ),
  viewOverlap: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'Least part of a side that the two crops of a contrastive objective share: 1 is one crop, twice ' +
        'augmented, as in the source of the augmentation; 0 crops that may only touch.',
    ),
  validation: PretrainValidationConfig.prefault({}).describe('How the run is watched.'),
});
export type PretrainConfig = z.infer<typeof PretrainConfig>;
