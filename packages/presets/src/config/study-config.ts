import { extent } from '@voxmim/core';
import * as z from 'zod';

/** Names become parts of folder names. */
const name = z
  .string()
  .regex(/^[A-Za-z][\w.+-]*$/, 'expected a letter, then letters, digits, and any of . + - _');

const patch = z.record(z.string(), z.unknown());

/** Fields of the fine-tuning, and the values that are tried of each. */
const grid = z.record(z.string(), z.array(z.unknown()).min(1).readonly());

/** One way to get a segmentation model: changes to the pretraining and the fine-tuning of a study. */
export const ArmConfig = z.strictObject({
  both: patch
    .default({})
    .describe('Changes to pretraining and fine-tuning alike, such as another encoder.'),
  pretrain: patch
    .nullable()
    .default(null)
    .describe('Changes to the pretraining it starts from; {}: none; null: it is not pretrained.'),
  finetune: patch
    .default({})
    .describe('Changes to the fine-tuning: freeze, schedule, from.checkpoint of other weights.'),
  grid: grid.nullable().default(null).describe('Tried in place of tuning.grid; null: that one.'),
});
export type ArmConfig = z.infer<typeof ArmConfig>;

/** What multiplies the arms of a study: values of one field, or named changes. */
export const AxisConfig = z.union([
  z.strictObject({
    field: z
      .string()
      .regex(/^(both|pretrain|finetune)\../, 'expected a path from both, pretrain or finetune')
      .describe(
        'Such as pretrain.masking.maskRatio, finetune.head.featureSize, both.encoder.depth.',
      ),
    values: z.array(z.unknown()).min(1).readonly().describe('What the field becomes.'),
  }),
  z.strictObject({
    arms: z.record(name, ArmConfig).describe('Changes by name, as those of an arm.'),
  }),
]);
export type AxisConfig = z.infer<typeof AxisConfig>;

/** How many labels a fine-tuning gets. */
export const LabelCount = z.union([extent, z.number().gt(0).lt(1), z.literal('all')]);
export type LabelCount = z.infer<typeof LabelCount>;

/** How each arm's settings are chosen. */
export const TuningConfig = z.strictObject({
  grid: grid.describe(
    'Fields of the fine-tuning with the values to try, such as optimizer.learningRate: [1e-4, 1e-3]; all ' +
      'combinations are tried.',
  ),
  labels: LabelCount.nullable()
    .default(null)
    .describe('Number of labels it is done at; null: the first of labels.'),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .readonly()
    .nullable()
    .default(null)
    .describe('Seeds that a setting is judged by; null: the first of seeds.'),
});
export type TuningConfig = z.infer<typeof TuningConfig>;

const seeds = z.array(z.int().min(0)).min(1).readonly();

/**
 * A comparison of arms as data: arms × axes × numbers of labels × budgets × seeds × pretrainings, all
 * judged on the same test cases.
 */
export const StudyConfig = z.strictObject({
  task: z.literal('study').default('study').describe('What this file configures.'),
  pretrain: patch
    .nullable()
    .default(null)
    .describe('The pretraining that arms change; null: no arm pretrains.'),
  finetune: patch
    .default({})
    .describe(
      'The fine-tuning that arms change. It may leave out what pretrain has: data, crop, encoder, ' +
        'inChannels, backend. from, seed and labels are set for each run.',
    ),
  arms: z
    .record(name, ArmConfig)
    .default({})
    .describe('By name; none: scratch, and one pretrained that bears the name of the objective.'),
  axes: z
    .record(name, AxisConfig)
    .default({})
    .describe(
      'Each multiplies the arms. An axis of pretraining alone multiplies only arms that pretrain; every ' +
        'arm is compared with the baseline at the same values.',
    ),
  skip: z
    .array(z.string())
    .readonly()
    .default([])
    .describe('Arms that axes make and nobody wants, such as mae-swin.'),
  baseline: name.default('scratch').describe('The arm that others are compared with.'),
  labels: z.array(LabelCount).min(1).readonly().describe('Numbers of labeled volumes.'),
  seeds: seeds
    .default([0])
    .describe('Of the fine-tunings: labeled volumes, weights of the head, order, crops.'),
  pretrainings: seeds
    .nullable()
    .default(null)
    .describe(
      'Seeds of the pretrainings; each arm is fine-tuned from every one. null: pretrain.seed.',
    ),
  budgets: z
    .record(name, patch)
    .default({})
    .describe(
      'Changes to the fine-tuning by name, such as short: { steps: 200 }; none: one budget.',
    ),
  tuning: TuningConfig.nullable()
    .default(null)
    .describe('Chooses settings of each arm and budget on validation cases alone; null: none.'),
  diagnostics: z
    .boolean()
    .default(false)
    .describe(
      'Adds arms that show what the encoder is worth: replaced by one linear map of each cell, frozen at ' +
        'random, frozen as pretrained.',
    ),
});
export type StudyConfig = z.infer<typeof StudyConfig>;
