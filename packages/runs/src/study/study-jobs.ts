import { join } from 'node:path';

import {
  InitializationConfig,
  type FinetuneConfig,
  type PretrainConfig,
  type LabelCount,
} from '@voxmim/presets';
import type { ArmBudget, Setting, Study, StudyArm } from './resolve-study.js';

/** One pretraining of a study; arms that want the same share it. */
export interface PretrainJob {
  readonly kind: 'pretrain';
  /** Its folder inside that of the study, and so its name. */
  readonly id: string;
  /** The first arm that wants it. */
  readonly arm: string;
  readonly seed: number;
  readonly config: PretrainConfig;
}

/** One fine-tuning of a study. */
export interface FinetuneJob {
  /** Whether it helps to choose a setting, or is what is compared. */
  readonly kind: 'tuning' | 'run';
  readonly id: string;
  readonly arm: string;
  /** Empty where the study has only one. */
  readonly budget: string;
  readonly labels: LabelCount;
  readonly seed: number;
  /** The seed of the pretraining it starts from; null where there is none. */
  readonly pretraining: number | null;
  /** The id of that pretraining. */
  readonly source: string | null;
  /** What it may be run with: one, but for a run whose setting is chosen first. */
  readonly settings: readonly Setting[];
  /** Where in its arm's grid it lies; null for a run. */
  readonly trial: number | null;
}

/** Anything a study runs. */
export type StudyJob = PretrainJob | FinetuneJob;

/** All that a study runs, by stage: each stage needs those before it. */
export interface StudyJobs {
  readonly pretrainings: readonly PretrainJob[];
  readonly tunings: readonly FinetuneJob[];
  readonly runs: readonly FinetuneJob[];
}

/** The jobs of a study in a fixed order; nothing is read or written. */
export function studyJobs({ config, arms }: Study): StudyJobs {
  const sources = new Sources(config.pretrainings);
  const { tuning, labels, seeds } = config;
  const points = arms.flatMap((arm) =>
    arm.budgets.map((budget) => ({ arm, budget, sources: sources.of(arm) })),
  );
  const tunings = points.flatMap(({ arm, budget, sources: [source = null] }) =>
    budget.settings.length < 2
      ? []
      : budget.settings.flatMap((setting, trial) =>
          (tuning?.seeds ?? seeds.slice(0, 1)).map((seed) =>
            tuningJob({ arm, budget, source, seed, labels: tuning?.labels ?? labels[0] ?? 'all' }, [
              setting,
              trial,
            ]),
          ),
        ),
  );
  const runs = labels.flatMap((use) =>
    seeds.flatMap((seed) =>
      points.flatMap(({ arm, budget, sources: all }) =>
        (all.length > 0 ? all : [null]).map((source) =>
          runJob({ arm, budget, source, seed, labels: use }, all.length > 1),
        ),
      ),
    ),
  );
  return { pretrainings: sources.jobs, tunings, runs };
}

/** Every job, in an order in which they can be run. */
export function allJobs({ pretrainings, tunings, runs }: StudyJobs): StudyJob[] {
  return [...pretrainings, ...tunings, ...runs];
}

/** The config of a fine-tuning whose setting is known. @param out the folder of the study */
export function finetuneConfigOf(job: FinetuneJob, setting: Setting, out: string): FinetuneConfig {
  const { config } = setting;
  const { kind, seed, source, labels } = job;
  return {
    ...config,
    seed,
    from:
      source === null
        ? config.from
        : InitializationConfig.parse({ ...config.from, checkpoint: join(out, source) }),
    // Drawn anew for each seed, alike in all arms.
    labels: { ...config.labels, use: labels, seed },
    judge: kind === 'run' && config.judge,
  };
}

/** The pretrainings that arms ask for, each once. */
class Sources {
  readonly #jobs = new Map<string, PretrainJob>();
  readonly #seeds: readonly number[] | null;

  constructor(seeds: readonly number[] | null) {
    this.#seeds = seeds;
  }

  get jobs(): PretrainJob[] {
    return [...this.#jobs.values()];
  }

  of({ name, pretrain }: StudyArm): PretrainJob[] {
    if (pretrain === null) return [];
    return (this.#seeds ?? [pretrain.seed]).map((seed) => {
      const config = { ...pretrain, seed };
      const key = JSON.stringify(config);
      const id = `pretrainings/${name}-seed-${seed}`;
      const job = this.#jobs.get(key) ?? { kind: 'pretrain', id, arm: name, seed, config };
      this.#jobs.set(key, job);
      return job;
    });
  }
}

interface Point {
  readonly arm: StudyArm;
  readonly budget: ArmBudget;
  readonly source: PretrainJob | null;
  readonly seed: number;
  readonly labels: LabelCount;
}

function tuningJob(point: Point, [setting, trial]: readonly [Setting, number]): FinetuneJob {
  const { arm, budget, seed } = point;
  const id = `tunings/${[arm.name, budget.budget, `setting-${trial}`, `seed-${seed}`].filter(Boolean).join('-')}`;
  return { ...fieldsOf(point), kind: 'tuning', id, settings: [setting], trial };
}

function runJob(point: Point, isOneOfSeveral: boolean): FinetuneJob {
  const { arm, budget, source, seed, labels } = point;
  const from = isOneOfSeveral && source ? `pretraining-${source.seed}` : '';
  const parts = [arm.name, budget.budget, `${labels}-labels`, `seed-${seed}`, from];
  const id = `finetunings/${parts.filter(Boolean).join('-')}`;
  return { ...fieldsOf(point), kind: 'run', id, settings: budget.settings, trial: null };
}

function fieldsOf({ arm, budget, source, seed, labels }: Point) {
  return {
    arm: arm.name,
    budget: budget.budget,
    labels,
    seed,
    pretraining: source?.seed ?? null,
    source: source?.id ?? null,
  };
}
