import * as z from 'zod';

/** A mean with its confidence interval. */
export const ScoreInterval = z
  .strictObject({ mean: z.number(), low: z.number(), high: z.number() })
  .readonly();
export type ScoreInterval = z.infer<typeof ScoreInterval>;
