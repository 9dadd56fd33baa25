import * as z from 'zod';

import { CasePlot, CaseTable, ModelDifferences } from './case-content.js';
import { Comparison } from './comparison-content.js';
import { ScoreInterval } from './score-interval.js';
import { SliceStack } from './slice-stack.js';

/** A PNG inside the report. `alt` says in words what it shows. */
export const ReportPicture = z
  .strictObject({
    png: z.base64(),
    width: z.int().positive(),
    height: z.int().positive(),
    alt: z.string(),
  })
  .readonly();
export type ReportPicture = z.infer<typeof ReportPicture>;

const Fact = z.strictObject({ label: z.string(), value: z.string() }).readonly();
/** A label and a value, both as a reader should see them. */
export type ReportFact = z.infer<typeof Fact>;

const facts = z.array(Fact).readonly();

const Column = z.strictObject({ title: z.string(), picture: ReportPicture }).readonly();

/** Pictures of one case side by side. */
export const PictureExample = z
  .strictObject({
    name: z.string(),
    /** What a reader must know to judge it, such as how intensities were restored. */
    note: z.string(),
    facts,
    columns: z.array(Column).readonly(),
    /** The same, slice by slice. */
    slices: SliceStack.nullable().default(null),
  })
  .readonly();
export type PictureExample = z.infer<typeof PictureExample>;

/** One chart of lines over steps. */
export const CurveChart = z
  .strictObject({
    title: z.string(),
    xLabel: z.string(),
    yLabel: z.string(),
    scale: z.enum(['linear', 'log']),
    /** One sentence on what is drawn. */
    note: z.string(),
    series: z
      .array(
        z
          .strictObject({
            name: z.string(),
            dashed: z.boolean().optional(),
            /** Whether it is what others are compared with, and so gray. */
            baseline: z.boolean().optional(),
            points: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type CurveChart = z.infer<typeof CurveChart>;

/** A table of scores: one row per class, one column per metric or model. */
export const ScoreTable = z
  .strictObject({
    title: z.string(),
    columns: z
      .array(z.strictObject({ title: z.string(), digits: z.int().min(0) }).readonly())
      .readonly(),
    rows: z
      .array(
        z
          .strictObject({
            name: z.string(),
            /** The class, for its color; null for a mean over classes. */
            label: z.int().positive().nullable(),
            /** One per column; null where no case has the class. */
            cells: z.array(ScoreInterval.nullable()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    /** The confidence level, how the interval was made, the policy for empty classes. */
    note: z.string(),
  })
  .readonly();
export type ScoreTable = z.infer<typeof ScoreTable>;

/**
 * All that a report shows, as plain JSON: whoever made the runs fills it, `renderReport` lays it out,
 * and `report.json` beside the report keeps it. An empty list leaves its section out.
 */
export const ReportContent = z
  .strictObject({
    title: z.string(),
    /** What was found, in plain words and whatever it is; a line break starts a paragraph. */
    conclusion: z.string(),
    /** What a reader must know first, the weightiest on top: an interrupted run, a class never found. */
    warnings: z.array(z.string()).readonly(),
    /** What was done to single inputs and weighs little, such as padding: shown folded. */
    notes: z.array(z.string()).readonly().default([]),
    /** The few numbers to remember. */
    highlights: facts,
    comparison: Comparison.nullable(),
    /** What differs between models, class by class. */
    differences: ModelDifferences.nullable().default(null),
    tables: z.array(ScoreTable).readonly(),
    casePlots: z.array(CasePlot).readonly().default([]),
    caseTables: z.array(CaseTable).readonly().default([]),
    /** Foreground classes in order, for the legend of the segmentations. */
    classes: z.array(z.string()).readonly(),
    /** Of the best, the median and the worst case. */
    segmentations: z.array(PictureExample).readonly(),
    reconstructions: z.array(PictureExample).readonly(),
    /** What a task draws of what it found, such as a ROC curve. */
    charts: z.array(CurveChart).readonly().default([]),
    curves: z.array(CurveChart).readonly(),
    /** What was run: command, time, seed, data, backend, machine, versions. */
    facts,
    /** Which cases were trained on, and which were judged. */
    splits: z
      .array(z.strictObject({ name: z.string(), ids: z.array(z.string()).readonly() }).readonly())
      .readonly()
      .default([]),
    /** Resolved configs as text. */
    configs: z.array(z.strictObject({ name: z.string(), text: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type ReportContent = z.infer<typeof ReportContent>;

/** A report that shows nothing yet: spread it and fill what there is. */
export const emptyReport: ReportContent = {
  title: '',
  conclusion: '',
  warnings: [],
  notes: [],
  highlights: [],
  comparison: null,
  differences: null,
  tables: [],
  casePlots: [],
  caseTables: [],
  classes: [],
  segmentations: [],
  reconstructions: [],
  charts: [],
  curves: [],
  facts: [],
  splits: [],
  configs: [],
};
