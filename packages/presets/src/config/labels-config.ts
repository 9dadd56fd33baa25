import { extent } from '@voxmim/core';
import * as z from 'zod';

/** How many of the training cases are used. Smaller sets lie inside larger ones. */
export const LabelsConfig = z.strictObject({
  use: z
    .union([extent, z.number().gt(0).lt(1), z.literal('all')])
    .default('all')
    .describe(
      'A count of volumes, a share between 0 and 1, or all. Volumes of one patient are taken together.',
    ),
  seed: z.int().min(0).default(0).describe('Of the order in which cases are taken.'),
});
export type LabelsConfig = z.infer<typeof LabelsConfig>;
