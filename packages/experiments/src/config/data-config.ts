import { extent } from '@voxmim/core';
import { PreprocessingConfig } from '@voxmim/data';
import { z } from 'zod';

const ids = z.array(z.string()).readonly();

/** Case ids by what they are for. Stored with every run. */
export const Split = z.strictObject({
  train: ids,
  validation: ids,
  test: ids,
  /** The training cases whose labels were used, in a stored fine-tuning run. */
  labeled: ids.optional(),
});
export type Split = z.infer<typeof Split>;

const share = z.union([z.int().min(0), z.number().gt(0).lt(1)]);

/** Which cases train, steer and judge. */
export const SplitConfig = z.strictObject({
  validation: share
    .default(0.1)
    .describe('Cases that steer the run: a count, or a share between 0 and 1.'),
  test: share
    .default(0.2)
    .describe('Cases never seen in training: a count, or a share between 0 and 1.'),
  seed: z
    .int()
    .default(0)
    .describe('Of the draw. Runs with the same data and split fields have the same split.'),
  file: z
    .string()
    .optional()
    .describe(
      'A JSON or YAML file with lists of case ids, used in place of the draw: train, validation, test. ' +
        'Relative to where the command runs.',
    ),
  cases: Split.optional().describe('The same lists, in place.'),
});
export type SplitConfig = z.infer<typeof SplitConfig>;

/** Where the volumes come from and what is done to each before cropping. */
export const DataConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'Folder of the data set: dataset.json (Medical Segmentation Decathlon), imagesTr and labelsTr, ' +
        'or images alone. Relative to where the command runs.',
    ),
  classes: z
    .array(z.string())
    .min(2)
    .readonly()
    .optional()
    .describe('Class names, background first; needed where no dataset.json tells them.'),
  preprocessing: PreprocessingConfig.prefault({}).describe('Done once per volume.'),
  split: SplitConfig.prefault({}).describe('Which cases train, steer and judge.'),
  cacheMiB: extent
    .default(2048)
    .describe('Memory for preprocessed volumes; what does not fit is read again.'),
});
export type DataConfig = z.infer<typeof DataConfig>;
