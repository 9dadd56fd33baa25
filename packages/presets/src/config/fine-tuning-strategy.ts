import * as z from 'zod';

/** How a fine-tuning treats an encoder that brings its weights beside a head that is new. */
export const StrategyConfig = z
  .enum(['full', 'warmUp', 'sawtooth', 'valley', 'frozen'])
  .nullable()
  .default(null)
  .describe(
    'Fills in freeze and schedule where they are not given. full: all from the first step, at the full rate ' +
      '(from scratch, or where head and encoder were trained together). warmUp: all, the rate rising over the ' +
      'first tenth of the steps (ViT and Swin; the safe choice). sawtooth: the head alone while the rate rises ' +
      'over a tenth, then all while it rises anew over the next (convolutional encoders, heads with many ' +
      'weights). valley: the head alone while the rate falls over a tenth, then all while it rises (heads that ' +
      'learn fast, such as "light"). frozen: the head alone, to the end (to see what features hold; a ViT with ' +
      'a handful of labels; bad for convolutional encoders).',
  );
export type StrategyConfig = z.infer<typeof StrategyConfig>;

const Fields = z.looseObject({
  strategy: StrategyConfig,
  steps: z.int().positive(),
  schedule: z.looseObject({}).optional(),
  freeze: z.looseObject({}).optional(),
});

/**
 * Fills in what the strategy of a fine-tuning says of `freeze` and `schedule`, field by field.
 *
 * @param raw a config that has not been checked yet; where it is damaged, it is returned
 */
export function withStrategy(raw: unknown): unknown {
  const fields = Fields.safeParse(raw);
  if (!fields.success || fields.data.strategy === null) return raw;
  const { strategy, steps, schedule = {}, freeze = {} } = fields.data;
  const tenth = Math.max(1, Math.floor(steps / 10));
  const { name = 'cosine' } = schedule;
  const { encoder, ...defaults } = settingsOf(strategy, tenth);
  return {
    ...fields.data,
    freeze: { encoder, ...freeze },
    schedule: { name, ...defaults, ...schedule },
  };
}

interface StrategySettings {
  /** As `freeze.encoder`. */
  readonly encoder: boolean | number;
  readonly warmupSteps: number;
  readonly lead: { readonly steps: number; readonly shape: 'rise' | 'fall' } | null;
}

function settingsOf(strategy: NonNullable<StrategyConfig>, tenth: number): StrategySettings {
  switch (strategy) {
    case 'full':
      return { encoder: false, warmupSteps: 0, lead: null };
    case 'warmUp':
      return { encoder: false, warmupSteps: tenth, lead: null };
    case 'sawtooth':
      return { encoder: tenth, warmupSteps: tenth, lead: { steps: tenth, shape: 'rise' } };
    case 'valley':
      return { encoder: tenth, warmupSteps: tenth, lead: { steps: tenth, shape: 'fall' } };
    case 'frozen':
      return { encoder: true, warmupSteps: tenth, lead: null };
  }
}
