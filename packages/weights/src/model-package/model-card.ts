import * as z from 'zod';

/** A number that does not exist, such as a distance to nothing, is null. */
const number = z.number().nullable();
const Interval = z.object({ mean: number, low: number, high: number });
const Spread = z.object({ lowest: z.number(), median: z.number(), highest: z.number() });
const PerAxis = z.tuple([Spread, Spread, Spread]);
const count = z.int().min(0);

const ClassScores = z.object({
  name: z.string(),
  dice: Interval,
  nsd: Interval,
  /** Millimetres. */
  hd95: Interval,
});

/** What a model was made of: the card says no name of a patient, a file or a folder. */
export const ModelCard = z.object({
  name: z.string().describe('What its maker calls it.'),
  task: z.string().describe('What was trained, such as finetune.'),
  license: z.string().nullable().describe('Of the weights, as SPDX names it; null: not stated.'),
  intendedUse: z.string().nullable().describe('In words of its maker; null: not filled in.'),
  data: z
    .object({
      training: count,
      labeled: count.nullable(),
      validation: count,
      test: count,
      modality: z.string().nullable(),
      channels: count,
      /** Of the images that were measured; null where the data were not at their place. */
      measured: z
        .object({
          images: count,
          shape: PerAxis.describe('Voxels [depth, height, width].'),
          spacing: PerAxis.describe('Millimetres [depth, height, width].'),
          lowest: Spread.describe('Of the lowest voxel of each image.'),
          highest: Spread.describe('Of the highest voxel of each image.'),
        })
        .nullable(),
    })
    .describe('Counts of cases, and what their images are like.'),
  size: z.object({ parameters: count, weightsBytes: count, onnxBytes: count }),
  training: z.object({
    steps: count,
    seed: count,
    encoder: z.string(),
    /** The head of a segmentation model, or the objective of a pretraining. */
    head: z.string().nullable(),
    pretrained: z.boolean(),
  }),
  scores: z
    .object({
      cases: count,
      failed: count.describe('Test cases that could not be read; in no score.'),
      policy: z.string().describe('What a class counts for that the truth lacks.'),
      classes: z.array(ClassScores),
      mean: ClassScores.omit({ name: true }),
      /** The worst test cases by their place in the test set, from 1: never by name. */
      worst: z.array(z.object({ case: z.int().min(1), dice: number })),
    })
    .nullable()
    .describe('On the test cases, with 95 % intervals; null where there were none.'),
  limits: z.array(z.string()).describe('What was measured to be a limit, in sentences.'),
});
export type ModelCard = z.infer<typeof ModelCard>;
