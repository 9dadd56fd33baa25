import { join } from 'node:path';

import { formatPlan, planFinetune, planPretrain, type RunPlan } from '../run/plan-run.js';
import type { RunOptions } from '../run/run-options.js';
import { backendOf } from '../run/start-run.js';
import type { Study } from './resolve-study.js';
import { checkStudyFolder } from './study-folder.js';
import { finetuneConfigOf, studyJobs, type StudyJobs } from './study-jobs.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

/** What a study would do. */
export interface StudyPlan {
  readonly out: string;
  /** By arm: the plan of its pretraining, or null, and that of a fine-tuning. */
  readonly arms: readonly {
    readonly arm: string;
    readonly baseline: string;
    readonly pretraining: RunPlan | null;
    readonly finetuning: RunPlan;
  }[];
  readonly labels: readonly (number | string)[];
  readonly budgets: readonly string[];
  readonly seeds: readonly number[];
  /** How many runs, and optimizer steps in all, of each stage. */
  readonly stages: readonly {
    readonly stage: string;
    readonly runs: number;
    readonly steps: number;
  }[];
  /** The names of all runs, in order. */
  readonly runs: readonly string[];
}

/**
 * Checks all that a study needs (config, data, one case read and prepared, output folder) and says
 * what it would do. Writes nothing.
 *
 * @throws what `runStudy` would throw before its first step
 */
export async function planStudy(study: Study, options: RunOptions): Promise<StudyPlan> {
  const { registries = createRunRegistries(), out } = options;
  await checkStudyFolder(out, options);
  const { config } = study;
  const jobs = studyJobs(study);
  const fields = study.arms[0]?.budgets[0]?.settings[0]?.config ?? {};
  const backend = await backendOf(fields, options);
  // Folders inside the study are its own; only the study's matters.
  const shared = { ...options, registries, backend, resume: true, force: false };
  const arms: StudyPlan['arms'][number][] = [];
  for (const { name, baseline, pretrain } of study.arms) {
    const run = jobs.runs.find(({ arm }) => arm === name);
    const [setting] = run?.settings ?? [];
    if (!run || !setting) continue;
    // The pretraining that it starts from does not exist yet.
    const tuned = finetuneConfigOf(run, setting, out);
    const from = run.source === null ? tuned.from : null;
    arms.push({
      ...{ arm: name, baseline },
      pretraining:
        pretrain && (await planPretrain(pretrain, { ...shared, out: join(out, run.source ?? '') })),
      finetuning: await planFinetune({ ...tuned, from }, { ...shared, out: join(out, run.id) }),
    });
  }
  return {
    ...{ out, arms, labels: config.labels, budgets: Object.keys(config.budgets) },
    seeds: config.seeds,
    stages: stagesOf(jobs),
    runs: [...jobs.pretrainings, ...jobs.tunings, ...jobs.runs].map(({ id }) => id),
  };
}

function stagesOf({ pretrainings, tunings, runs }: StudyJobs): StudyPlan['stages'] {
  const sum = (steps: readonly number[]) => steps.reduce((all, count) => all + count, 0);
  const ofSettings = (jobs: StudyJobs['runs']) =>
    sum(jobs.map(({ settings }) => Math.max(...settings.map(({ config }) => config.steps))));
  return [
    {
      stage: 'pretrainings',
      runs: pretrainings.length,
      steps: sum(pretrainings.map(({ config }) => config.steps)),
    },
    { stage: 'tunings', runs: tunings.length, steps: ofSettings(tunings) },
    { stage: 'fine-tunings', runs: runs.length, steps: ofSettings(runs) },
  ].filter((stage) => stage.runs > 0);
}

/** A plan as text. */
export function formatStudyPlan(plan: StudyPlan): string {
  const { out, arms, labels, budgets, seeds, stages, runs } = plan;
  const [pretrained] = arms.filter(({ pretraining }) => pretraining !== null);
  const [first] = arms;
  const steps = stages.reduce((all, stage) => all + stage.steps, 0);
  const table = arms.map(({ arm, baseline, pretraining, finetuning }) => {
    const start = pretraining
      ? `pretrained, ${count(pretraining.steps, 'step')}`
      : 'not pretrained';
    const compared = baseline === arm ? 'baseline' : `against ${baseline}`;
    return `  ${arm}: ${start}; fine-tuned, ${count(finetuning.steps, 'step')}; ${compared}`;
  });
  return [
    ...(pretrained?.pretraining ? [formatPlan(pretrained.pretraining), ''] : []),
    ...(first ? [formatPlan(first.finetuning), ''] : []),
    `study: nothing was written; it would go to ${out}`,
    `arms (${arms.length}):`,
    ...table,
    `labels ${labels.join(', ')}; seeds ${seeds.join(', ')}${budgets.length > 0 ? `; budgets ${budgets.join(', ')}` : ''}`,
    ...stages.map(
      (stage) => `${stage.stage}: ${count(stage.runs, 'run')}, ${count(stage.steps, 'step')}`,
    ),
    `in all ${count(runs.length, 'run')}, ${count(steps, 'step')}`,
  ].join('\n');
}

function count(amount: number, what: string): string {
  return `${amount.toLocaleString('en-US')} ${what}${amount === 1 ? '' : 's'}`;
}
