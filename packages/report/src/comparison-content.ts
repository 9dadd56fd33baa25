import * as z from 'zod';

import { ScoreInterval } from './score-interval.js';

const finding = z.enum(['gain', 'loss', 'unclear']);
/** What a comparison may be said to show. */
export type Finding = z.infer<typeof finding>;

/** Where in a study a row or a chart lies. */
const place = {
  arm: z.string(),
  /** Labeled volumes (or subjects) it was trained on. */
  labels: z.int().positive(),
  /** Empty where the study has only one. */
  budget: z.string(),
};

/** The difference of one seed or pretraining from the baseline. */
const SeedDifference = z
  .strictObject({ seed: z.int(), pretraining: z.int().nullable(), difference: z.number() })
  .readonly();

const Speed = z
  .strictObject({
    /** The validation score that counts as arrived: 95 % of the baseline's final smoothed one. */
    level: z.number(),
    /** Geometric mean over seeds; a run that never arrived counts with all its steps. */
    steps: z.number(),
    baselineSteps: z.number(),
    /** Runs that arrived, of how many. */
    reached: z.tuple([z.int(), z.int()]),
    baselineReached: z.tuple([z.int(), z.int()]),
    /** Steps of the baseline over those of the arm, paired by seed; null for one seed. */
    speedUp: ScoreInterval.nullable(),
  })
  .readonly();

const ClassDifference = z
  .strictObject({
    name: z.string(),
    score: z.number(),
    baseline: z.number(),
    difference: ScoreInterval,
    finding,
  })
  .readonly();

/** One arm at one number of labels and budget. */
export const ComparisonRow = z
  .strictObject({
    ...place,
    /** The arm that it is compared with; null for that one. */
    baseline: z.string().nullable(),
    /** What it shows of the encoder, where it is not what the study is about. */
    diagnostic: z.enum(['identity', 'frozen']).nullable(),
    /** Its place on each axis. */
    at: z.record(z.string(), z.union([z.number(), z.string()])),
    score: ScoreInterval,
    cases: z.int().nonnegative(),
    seeds: z.int().positive(),
    /** 0 where nothing was pretrained. */
    pretrainings: z.int().nonnegative(),
    /** This arm minus the baseline, paired by case and seed; null for the baseline. */
    difference: ScoreInterval.nullable(),
    finding: finding.nullable(),
    /** Why it is unclear although the interval holds no 0. */
    doubt: z.enum(['oneSeed', 'pretraining']).nullable(),
    ofPretrainings: z
      .array(z.strictObject({ pretraining: z.int(), difference: ScoreInterval }).readonly())
      .readonly(),
    ofSeeds: z.array(SeedDifference).readonly(),
    classes: z.array(ClassDifference).readonly(),
    speed: Speed.nullable(),
    /** Mean height of the validation curve, and its difference; null without curves. */
    area: z
      .strictObject({ mean: z.number(), difference: ScoreInterval.nullable() })
      .readonly()
      .nullable(),
    /** Mean validation score by step, and the lowest and highest of the runs. */
    curve: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).readonly(),
    /** Scores of each case under baseline and arm, averaged over seeds. */
    pairs: z
      .array(z.strictObject({ id: z.string(), baseline: z.number(), score: z.number() }))
      .readonly(),
  })
  .readonly();
export type ComparisonRow = z.infer<typeof ComparisonRow>;

/** What arms are worth: every one against its baseline. */
export const Comparison = z
  .strictObject({
    metric: z.string(),
    /** The arm that the others are compared with, before axes multiplied it. */
    baseline: z.string(),
    /** Of the intervals, such as 0.95. */
    confidence: z.number().gt(0).lt(1),
    rows: z.array(ComparisonRow).readonly(),
    note: z.string(),
  })
  .readonly();
export type Comparison = z.infer<typeof Comparison>;
