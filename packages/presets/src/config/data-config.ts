import { extent } from '@voxmim/core';
import { PreprocessingConfig } from '@voxmim/volumes';
import { DicomStackConfig } from '@voxmim/formats';
import { CacheConfig, DatasetLayoutConfig } from '@voxmim/datasets';
import * as z from 'zod';

import { TrainingData } from './training-data.js';

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

/** One of the parts that cross-validation divides the cases into. */
const Fold = z
  .strictObject({
    folds: z.int().min(2).describe('Parts of almost equal size; each case is in one.'),
    fold: z.int().min(0).default(0).describe('The part that judges, from 0.'),
  })
  .refine(({ folds, fold }) => fold < folds, {
    path: ['fold'],
    message: 'expected less than folds: the first fold is 0',
  });

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Which cases train, steer and judge. */
export const SplitConfig = z.strictObject({
  validation: share
    .default(0.1)
    .describe('Subjects whose cases steer the run: a count, or a share between 0 and 1.'),
  test: z
    .union([share, Fold])
    .default(0.2)
    .describe(
      'Subjects never seen in training: a count, a share between 0 and 1, or one of several folds, ' +
        'such as { folds: 5, fold: 0 }.',
    ),
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
  group: z
    .union([
      z.string().refine(isPattern, 'expected a regular expression'),
      z.strictObject({ column: z.string().min(1).describe('A column of the list of files.') }),
    ])
    .optional()
    .describe(
      'What keeps the cases of one patient on one side: a regular expression over the ids whose first group, ' +
        'or else the whole match, is the patient, such as "^(patient\\d+)"; or { column: patient } of a list. ' +
        'BIDS, DICOM and lists with a subject need none.',
    ),
});
export type SplitConfig = z.infer<typeof SplitConfig>;

/** Where the volumes come from and what is done to each before cropping. */
export const DataConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'Folder of the data set, or a list of its files (.csv, .tsv, .json). Relative to where the command runs.',
    ),
  layout: DatasetLayoutConfig.prefault({ kind: 'auto' }).describe(
    'How the files are found in the folder.',
  ),
  classes: z
    .array(z.string())
    .min(2)
    .readonly()
    .optional()
    .describe('Class names, background first; needed where no dataset.json tells them.'),
  dicom: DicomStackConfig.prefault({}).describe(
    'What is done about DICOM series that make no even, upright stack.',
  ),
  preprocessing: PreprocessingConfig.prefault({}).describe('Done once per volume.'),
  split: SplitConfig.prefault({}).describe('Which cases train, steer and judge.'),
  cacheMiB: extent
    .default(2048)
    .describe('Memory for preprocessed volumes; what does not fit is read from the cache on disk.'),
  cache: CacheConfig.nullable()
    .prefault({})
    .describe('Where preprocessed volumes are kept on disk; null: they are prepared by each run.'),
  workers: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'Threads that load, crop and augment ahead of the training; null: one less than there are cores, ' +
        'at most 4; 0: none. Results do not depend on it.',
    ),
  seen: TrainingData.optional().describe(
    'What the training volumes were like; put in by the run itself, so that volumes unlike them are told.',
  ),
  onError: z
    .enum(['stop', 'skip'])
    .default('stop')
    .describe(
      'What a case that cannot be read does: stop the run, or be left out and named. The next training case ' +
        'takes its place; a test case is listed as failed beside the scores, which it is not in.',
    ),
});
export type DataConfig = z.infer<typeof DataConfig>;
