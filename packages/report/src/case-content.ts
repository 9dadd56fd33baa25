import * as z from 'zod';

import { ScoreInterval } from './score-interval.js';

/** A table with one row a case, the one to look at first on top. */
export const CaseTable = z
  .strictObject({
    title: z.string(),
    columns: z
      .array(
        z
          .strictObject({ title: z.string(), digits: z.int().min(0), signed: z.boolean() })
          .readonly(),
      )
      .readonly(),
    rows: z
      .array(
        z
          .strictObject({
            name: z.string(),
            /** One per column: a number, a word in its place such as `missed`, or nothing. */
            cells: z.array(z.union([z.number(), z.string()]).nullable()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    /** How rows are ordered, what the words mean. */
    note: z.string(),
    /** All that was measured, as CSV. */
    csv: z.string(),
  })
  .readonly();
export type CaseTable = z.infer<typeof CaseTable>;

/** A dot a case in each group; with `paired`, lines join the same case over the groups. */
export const CasePlot = z
  .strictObject({
    title: z.string(),
    metric: z.string(),
    paired: z.boolean(),
    groups: z
      .array(
        z
          .strictObject({
            name: z.string(),
            /** The class, for its color; null for a model. */
            label: z.int().positive().nullable(),
            /** One a case, in the same order in all groups; null where it has none. */
            values: z.array(z.number().nullable()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    note: z.string(),
  })
  .readonly();
export type CasePlot = z.infer<typeof CasePlot>;

/** One metric of one class, of a model and of the one it is compared with, on the same cases. */
export const ModelDifference = z
  .strictObject({
    model: z.string(),
    /** The class, or `Mean`. */
    name: z.string(),
    /** The class, for its color; null for a mean over classes. */
    label: z.int().positive().nullable(),
    metric: z.string(),
    unit: z.string(),
    digits: z.int().min(0),
    /** Whether a higher value is better. */
    higherIsBetter: z.boolean(),
    /** Cases where both have a value: only these count. */
    pairs: z.int().nonnegative(),
    /** Mean of the one it is compared with, over the pairs. */
    baseline: z.number(),
    /** Its own mean, over the pairs. */
    score: z.number(),
    /** Its own minus that of the one it is compared with. */
    difference: ScoreInterval,
    pValue: z.number().min(0).max(1).nullable(),
  })
  .readonly();
export type ModelDifference = z.infer<typeof ModelDifference>;

/** Every class and metric of models against one of them, paired by case. */
export const ModelDifferences = z
  .strictObject({
    baseline: z.string(),
    test: z.string(),
    /** Of the intervals, such as 0.95. */
    confidence: z.number().gt(0).lt(1),
    rows: z.array(ModelDifference).readonly(),
    note: z.string(),
  })
  .readonly();
export type ModelDifferences = z.infer<typeof ModelDifferences>;
