import type { RunConfig, TaskFields, TunedConfig } from '@voxmim/core';
import * as z from 'zod';

/** Where what is learned of each case stands. */
export const TargetConfig = z.strictObject({
  column: z
    .string()
    .min(1)
    .default('label')
    .describe(
      'The column that holds it: of the list of files, of participants.tsv, or of the file below.',
    ),
  file: z
    .string()
    .optional()
    .describe(
      'A table (.csv, .tsv) with a line per case or subject; relative to where the command runs. Without it: the ' +
        'list of files itself, or participants.tsv of a BIDS data set.',
    ),
  id: z
    .string()
    .optional()
    .describe(
      'The column of the table that names cases or subjects; by default id, case, participant_id or subject.',
    ),
  classes: z
    .array(z.string())
    .min(2)
    .readonly()
    .optional()
    .describe(
      'The values in order, as predictions list them; of two, the second is the positive one. Default: those found, sorted.',
    ),
  center: z
    .number()
    .optional()
    .describe('Of values: their mean in training, which a run fills in.'),
  scale: z
    .number()
    .positive()
    .optional()
    .describe('Of values: their deviation in training, which a run fills in.'),
});
export type TargetConfig = z.infer<typeof TargetConfig>;

/** What is minimized, and with it whether a class or a value is learned. */
export const ClassifyLossConfig = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('crossEntropy').describe('Of classes.'),
    balanced: z
      .boolean()
      .default(true)
      .describe('Whether each class weighs alike, however many cases it has in training.'),
    smoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Share of the target spread over all classes.'),
  }),
  z.strictObject({ name: z.literal('l1').describe('Of values: the absolute error.') }),
  z.strictObject({ name: z.literal('l2').describe('Of values: the squared error.') }),
  z.strictObject({
    name: z.literal('huber').describe('Of values: squared below delta, linear above it.'),
    delta: z.number().positive().default(1).describe('In deviations of the values.'),
  }),
]);
export type ClassifyLossConfig = z.infer<typeof ClassifyLossConfig>;

/** How a classifier is watched. */
const ValidationConfig = z.strictObject({
  every: z.int().positive().default(100).describe('Steps between validations of whole volumes.'),
});

/** Of encoder features to one vector of a volume. */
export const PoolingConfig = z
  .enum(['deepest', 'all'])
  .default('deepest')
  .describe('The mean over cells of the deepest level, or of each level, side by side.');
export type PoolingConfig = z.infer<typeof PoolingConfig>;

/** The schema of a classification's config, from the fields that every run has. */
export function classifySchema({ run, tuned }: Pick<TaskFields, 'run' | 'tuned'>) {
  return z.strictObject({
    ...run,
    ...tuned,
    target: TargetConfig.prefault({}).describe('What is learned of each case.'),
    pooling: PoolingConfig,
    loss: ClassifyLossConfig.prefault({ name: 'crossEntropy' }).describe('What is minimized.'),
    validation: ValidationConfig.prefault({}).describe('How the run is watched.'),
    judge: z
      .boolean()
      .default(true)
      .describe('Whether the best checkpoint is judged on the test cases.'),
  });
}

/** A classification run as data. */
export interface ClassifyConfig extends RunConfig, TunedConfig {
  readonly target: TargetConfig;
  readonly pooling: PoolingConfig;
  readonly loss: ClassifyLossConfig;
  readonly validation: { readonly every: number };
  readonly judge: boolean;
}

/** Whether a class is learned; else a value. */
export function learnsClasses({ loss }: Pick<ClassifyConfig, 'loss'>): boolean {
  return loss.name === 'crossEntropy';
}
