import { meanOf } from '@voxmim/evaluation';
import { join } from 'node:path';
import * as z from 'zod';

import type { Setting, Study } from './resolve-study.js';
import { readCurve } from './read-curve.js';
import { isComplete } from './run-state.js';
import { finetuneConfigOf, type FinetuneJob, type StudyJobs } from './study-jobs.js';

/** What a tuning grid gave for one arm at one budget: part of `study.json`. */
export const TuningResult = z
  .strictObject({
    arm: z.string(),
    budget: z.string(),
    labels: z.union([z.number(), z.literal('all')]),
    trials: z
      .array(
        z.strictObject({
          values: z.record(z.string(), z.unknown()),
          /** Best validation score of each seed; the mean of all chooses. */
          scores: z.array(z.number()),
          chosen: z.boolean(),
        }),
      )
      .readonly(),
  })
  .readonly();
export type TuningResult = z.infer<typeof TuningResult>;

/** The setting that an arm runs with at a budget; null where no trial of it was complete. */
export type ChosenSettings = ReadonlyMap<string, Setting | null>;

/** The key of an arm at a budget in {@link ChosenSettings}. */
export function settingKey(arm: string, budget: string): string {
  return JSON.stringify([arm, budget]);
}

/**
 * Chooses the setting of every arm at every budget by its validation scores, the first of equals. No
 * test case enters. Trials that are not complete are left out.
 *
 * @param out the folder of the study
 */
export async function chooseSettings(
  { arms }: Study,
  { tunings }: StudyJobs,
  out: string,
): Promise<{ readonly chosen: ChosenSettings; readonly results: TuningResult[] }> {
  const chosen = new Map<string, Setting | null>();
  const results: TuningResult[] = [];
  for (const { name, budgets } of arms) {
    for (const { budget, settings } of budgets) {
      const key = settingKey(name, budget);
      const [only, ...others] = settings;
      if (only && others.length === 0) {
        chosen.set(key, only);
        continue;
      }
      const jobs = tunings.filter((job) => job.arm === name && job.budget === budget);
      const scores = await Promise.all(settings.map((_, trial) => scoresOf(jobs, trial, out)));
      const best = bestOf(scores);
      chosen.set(key, settings[best] ?? null);
      results.push({
        ...{ arm: name, budget, labels: jobs[0]?.labels ?? 'all' },
        trials: settings.map(({ values }, trial) => ({
          ...{ values, scores: scores[trial] ?? [], chosen: trial === best },
        })),
      });
    }
  }
  return { chosen, results };
}

/** The index of the highest mean; -1 where there is none. */
function bestOf(scores: readonly (readonly number[])[]): number {
  const means = scores.map((found) => (found.length > 0 ? meanOf(found) : -Infinity));
  const highest = Math.max(...means);
  return Number.isFinite(highest) ? means.indexOf(highest) : -1;
}

async function scoresOf(
  jobs: readonly FinetuneJob[],
  trial: number,
  out: string,
): Promise<number[]> {
  const scores: number[] = [];
  for (const job of jobs.filter((found) => found.trial === trial)) {
    const [setting] = job.settings;
    const folder = join(out, job.id);
    if (!setting || !(await isComplete(folder, finetuneConfigOf(job, setting, out)))) continue;
    const curve = await readCurve(folder);
    if (curve.length > 0) scores.push(Math.max(...curve.map(({ score }) => score)));
  }
  return scores;
}
