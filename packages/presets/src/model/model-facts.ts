import { extent, parseConfig, shape3, VoxmimError } from '@voxmim/core';
import { DicomStackConfig } from '@voxmim/formats';
import { PreprocessingConfig, RegionsConfig } from '@voxmim/volumes';
import * as z from 'zod';

import { InferenceConfig } from '../config/inference-config.js';
import { TrainingData } from '../config/training-data.js';

/** Grows when a reader of today could not use what is written. */
export const MODEL_FACTS_VERSION = 1;

const common = {
  version: z.literal(MODEL_FACTS_VERSION).describe('Of this list of facts.'),
  crop: shape3.describe("Voxels per axis of the model's input."),
  inChannels: extent.describe("Channels of the model's input."),
  preprocessing: PreprocessingConfig.describe('What is done to a scan before the model sees it.'),
  dicom: DicomStackConfig.describe('How DICOM series are read.'),
};

/** What a program must know to segment scans with an exported model. */
export const SegmenterFacts = z.strictObject({
  task: z.literal('finetune'),
  ...common,
  classes: z.array(z.string()).min(2).readonly().describe('Class names, background first.'),
  regions: RegionsConfig.nullable().describe('Sets of labels with an output each; null: classes.'),
  inference: InferenceConfig.describe('How windows cover a scan.'),
  seen: TrainingData.nullable().describe('What the training volumes were like; null: not known.'),
});
export type SegmenterFacts = z.infer<typeof SegmenterFacts>;

/** What a program must know to use an exported encoder. */
export const EncoderFacts = z.strictObject({
  task: z.literal('pretrain'),
  ...common,
});
export type EncoderFacts = z.infer<typeof EncoderFacts>;

/** What a program must know to let an exported pretraining fill in what a mask hides. */
export const ReconstructorFacts = z.strictObject({
  task: z.literal('reconstruct'),
  ...common,
  gridShape: shape3.describe('Tokens per axis of a mask.'),
  patchSize: shape3.describe('Voxels per axis of a token.'),
  masking: z.looseObject({ name: z.string() }).describe('The mask strategy of the training.'),
});
export type ReconstructorFacts = z.infer<typeof ReconstructorFacts>;

/** What an exported model says of itself, under `voxmim` in the metadata of its ONNX file. */
export const ModelFacts = z.discriminatedUnion('task', [
  SegmenterFacts,
  EncoderFacts,
  ReconstructorFacts,
]);
export type ModelFacts = z.infer<typeof ModelFacts>;

/** Enough of any version. */
const Version = z.looseObject({ version: z.int() });

/**
 * Reads what an exported model says of itself.
 *
 * @param text JSON
 * @param origin the file, for messages
 * @throws `INVALID_FILE` for what is no such JSON, `UNSUPPORTED_FILE` for that of a newer voxmim
 */
export function readModelFacts(text: string, origin: string): ModelFacts {
  const value = jsonOf(text, origin);
  const { data } = Version.safeParse(value);
  if (data === undefined) throw unreadable(origin, 'they do not say their version');
  if (data.version > MODEL_FACTS_VERSION) {
    throw new VoxmimError(
      'UNSUPPORTED_FILE',
      `${origin} was written by a newer voxmim: its facts have version ${data.version}, this program reads ${MODEL_FACTS_VERSION}.`,
      'Update voxmim here, or export the model with this version.',
      { path: origin, feature: `model facts of version ${data.version}` },
    );
  }
  return parseConfig(ModelFacts, value, origin, 'Export the model again.');
}

function jsonOf(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(origin, 'they are no JSON', { cause: error });
  }
}

function unreadable(path: string, why: string, options?: ErrorOptions): VoxmimError {
  return new VoxmimError(
    'INVALID_FILE',
    `What ${path} says of its model cannot be used: ${why}.`,
    'Export the model again, by voxmim export.',
    { path },
    options,
  );
}
