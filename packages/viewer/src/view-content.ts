import * as z from 'zod';

/** Lines over steps; what else is known of a chart is not drawn. */
export const CurveContent = z.object({
  title: z.string(),
  series: z
    .array(
      z.object({
        name: z.string(),
        dashed: z.boolean().optional(),
        points: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
      }),
    )
    .readonly(),
});
export type CurveContent = z.infer<typeof CurveContent>;

/** What a run made of a case. */
export const PredictionContent = z.strictObject({
  /** Null where the run has none. */
  labels: z.string().nullable(),
  /** Mean Dice; null where it was not judged. */
  dice: z.number().nullable(),
});
export type PredictionContent = z.infer<typeof PredictionContent>;

/** A case; addresses are relative to the page. */
export const CaseContent = z.strictObject({
  id: z.string(),
  image: z.string(),
  truth: z.string().nullable(),
  /** One for each run. */
  predictions: z.array(PredictionContent).readonly(),
});
export type CaseContent = z.infer<typeof CaseContent>;

/** A run, in the order of the command line. */
export const ViewedRunContent = z.strictObject({
  name: z.string(),
  task: z.string(),
  status: z.string().nullable(),
  curves: z.array(CurveContent).readonly(),
  /** Its exported model, relative to the page; null where there is none. */
  model: z.string().nullable(),
});
export type ViewedRunContent = z.infer<typeof ViewedRunContent>;

/** What a page shows: `view.json`, asked for again while a run trains. */
export const ViewContent = z.strictObject({
  title: z.string(),
  /** Class names of label maps, background first. */
  classes: z.array(z.string()).readonly(),
  /** Red, green, blue of each class but the background, 0 … 255. */
  colors: z.array(z.tuple([z.number(), z.number(), z.number()]).readonly()).readonly(),
  runs: z.array(ViewedRunContent).readonly(),
  /** Worst first, where they are scored. */
  cases: z.array(CaseContent).readonly(),
});
export type ViewContent = z.infer<typeof ViewContent>;
