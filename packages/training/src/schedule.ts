import * as z from 'zod';

/** The learning rate of a step; `step` counts the optimizer steps already done: 0, 1, 2, … */
export type Schedule = (step: number) => number;

const warmupSteps = z
  .union([z.int().nonnegative(), z.number().gt(0).lt(1)])
  .default(0.05)
  .describe(
    'The share of the steps, below 1, over which the rate rises linearly from 0; or their number.',
  );
const minLearningRate = z
  .number()
  .nonnegative()
  .default(0)
  .describe('The rate at the very end; never scaled.');

const lead = z
  .strictObject({
    steps: z.int().positive().describe('How many steps it takes; schedule and warm-up follow.'),
    shape: z.enum(['rise', 'fall']).describe('Linearly from 0 to the rate, or from the rate to 0.'),
  })
  .nullable()
  .default(null)
  .describe('A stretch before the schedule, such as one in which only a new head is trained.');

/** How the learning rate moves during a run. */
export const ScheduleConfig = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('cosine'), warmupSteps, minLearningRate, lead }),
  z.strictObject({ name: z.literal('constant'), warmupSteps, lead }),
  z.strictObject({
    name: z.literal('poly'),
    warmupSteps,
    minLearningRate,
    power: z.number().positive().default(0.9).describe("nnU-Net's exponent is 0.9."),
    lead,
  }),
]);
export type ScheduleConfig = z.infer<typeof ScheduleConfig>;

/** The end points that every schedule needs. */
export interface ScheduleRange {
  /** The peak rate, reached at the end of the warm-up. */
  readonly learningRate: number;
  /** Optimizer steps of the whole run. */
  readonly steps: number;
}

/** Builds the schedule a config describes. */
export function createSchedule(config: ScheduleConfig, range: ScheduleRange): Schedule {
  const { lead } = config;
  if (!lead) return withoutLead(config, range);
  const { learningRate, steps } = range;
  const after = withoutLead(config, { learningRate, steps: steps - lead.steps });
  return (step) => {
    if (step >= lead.steps) return after(step - lead.steps);
    const done = step / lead.steps;
    return learningRate * (lead.shape === 'rise' ? done : 1 - done);
  };
}

function withoutLead(config: ScheduleConfig, range: ScheduleRange): Schedule {
  const warmupSteps = countWarmup(config, range.steps);
  switch (config.name) {
    case 'cosine':
      return warmupCosine({ ...range, ...config, warmupSteps });
    case 'constant':
      return warmed(range.learningRate, warmupSteps, () => range.learningRate);
    case 'poly':
      return warmupPoly({ ...range, ...config, warmupSteps });
  }
}

/** The warm-up in whole steps; a share is taken of the steps that the lead leaves. */
function countWarmup({ warmupSteps }: Pick<ScheduleConfig, 'warmupSteps'>, steps: number): number {
  return warmupSteps < 1 ? Math.round(warmupSteps * steps) : warmupSteps;
}

/** What {@link warmupCosine} needs. */
export interface WarmupCosineOptions extends ScheduleRange {
  readonly warmupSteps?: number;
  readonly minLearningRate?: number;
}

/**
 * Linear warm-up from 0, then half a cosine down to `minLearningRate`, evaluated before every step.
 * The first step of a warm-up has rate exactly 0, as in the reference.
 *
 * Source: facebookresearch/mae `util/lr_sched.py`, which counts in fractions of an epoch.
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { learningRate, steps, warmupSteps = 0, minLearningRate = 0 } = options;
  return warmed(learningRate, warmupSteps, (step) => {
    const done = progress(step, warmupSteps, steps);
    return (
      minLearningRate + (learningRate - minLearningRate) * 0.5 * (1 + Math.cos(Math.PI * done))
    );
  });
}

/** What {@link warmupPoly} needs. */
export interface WarmupPolyOptions extends WarmupCosineOptions {
  readonly power?: number;
}

/** Linear warm-up from 0, then `(1 - progress)^power`, as nnU-Net's `PolyLRScheduler`. */
export function warmupPoly(options: WarmupPolyOptions): Schedule {
  const { learningRate, steps, warmupSteps = 0, minLearningRate = 0, power = 0.9 } = options;
  return warmed(learningRate, warmupSteps, (step) => {
    const left = 1 - progress(step, warmupSteps, steps);
    return minLearningRate + (learningRate - minLearningRate) * left ** power;
  });
}

/**
 * The linear scaling rule: `baseLearningRate · batchSize / 256`.
 *
 * Source: Goyal et al., arXiv:1706.02677, as used by MAE.
 *
 * @param batchSize samples per optimizer step: accumulation and devices counted in
 */
export function scaledLearningRate(baseLearningRate: number, batchSize: number): number {
  return (baseLearningRate * batchSize) / 256;
}

function warmed(learningRate: number, warmupSteps: number, after: Schedule): Schedule {
  return (step) => (step < warmupSteps ? (learningRate * step) / warmupSteps : after(step));
}

/** 0 at the end of the warm-up, 1 at the end of the run and after it. */
function progress(step: number, warmupSteps: number, steps: number): number {
  return Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
}
