import * as z from 'zod';

/** The conventions that segmentations are judged by. */
export const EvaluationConfig = z.strictObject({
  policy: z
    .enum(['nnunet', 'monai', 'monaiScoreEmpty'])
    .default('nnunet')
    .describe(
      'What a class counts for that a case does not have. nnunet: 0 if predicted all the same; ' +
        'monai: left out; monaiScoreEmpty: 1 if not predicted, else 0.',
    ),
  nsdToleranceMm: z
    .number()
    .positive()
    .default(2)
    .describe('Distance up to which surfaces agree, for the normalized surface distance.'),
  hd95: z
    .enum(['monai', 'medpy'])
    .default('monai')
    .describe('The 95th percentile of each direction, then the larger; or of both together.'),
});
export type EvaluationConfig = z.infer<typeof EvaluationConfig>;
