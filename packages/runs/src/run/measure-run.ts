import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ConfiguredTask, RunMonitor } from '@voxmim/core';
import * as z from 'zod';

import { configureTask } from '../tasks/resolve-task.js';
import type { RunPlan } from './plan-run.js';
import { runTask } from './run-task.js';
import type { StartOptions } from './start-run.js';

/** Steps that are taken; the first is not counted, as it warms up and waits for the first volumes. */
const STEPS = 5;

/** What a run costs, by a few real steps of it. */
export interface RunMeasure {
  /** The median of the steps that were measured. */
  readonly secondsPerStep: number;
  readonly measuredSteps: number;
  /** One validation as the config has it; null where it never comes. */
  readonly secondsPerValidation: number | null;
  /** Steps, validations and test cases together; writing and reporting is not in it. */
  readonly secondsTotal: number;
  /** The most memory that this process held, in bytes; that of another device is not in it. */
  readonly peakBytes: number;
}

/**
 * Takes the first steps of a run, and its first validation, in a folder that is removed again, and says
 * what the whole of it will take. Volumes that were prepared for it stay in the cache.
 *
 * @throws what the run would throw; `undefined` is returned where it was stopped before it had measured
 */
export async function measureRun(
  configured: ConfiguredTask,
  plan: RunPlan,
  options: StartOptions,
): Promise<RunMeasure | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'voxmim-measure-'));
  const watch = new StepWatch();
  const signals = [watch.signal, options.signal].filter((signal) => signal !== undefined);
  const run = {
    ...options,
    ...{ out: join(root, 'run'), resume: false, force: false },
    monitor: watch.monitor(options.monitor),
    signal: AbortSignal.any(signals),
  };
  try {
    const { registries } = options;
    const raw = shortened(configured.fields, plan);
    await runTask(await configureTask(configured.definition, raw, { registries }), run);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return watch.measured(Watched.parse(configured.fields), plan);
}

/** How a config says that a run is watched and judged. */
const Watched = z.looseObject({
  validation: z
    .looseObject({ every: z.number(), cases: z.number().nullable().optional() })
    .default({ every: Infinity }),
  judge: z.boolean().default(false),
});
type Watched = z.infer<typeof Watched>;

/** A config whose validation comes right after the steps that are measured: one case of it, where cases are counted. */
function shortened(
  fields: ConfiguredTask['fields'],
  { steps }: RunPlan,
): Readonly<Record<string, unknown>> {
  const { validation } = Watched.parse(fields);
  const early = {
    ...validation,
    every: Math.min(STEPS, steps),
    ...('cases' in validation && { cases: 1 }),
  };
  return {
    ...fields,
    tensorBoard: false,
    ...('validation' in fields && { validation: early }),
    ...('judge' in fields && { judge: false }),
  };
}

/** Notes when steps and the first validation are done, and stops the run then. */
class StepWatch {
  readonly #stop = new AbortController();
  readonly #steps: number[] = [];
  #validated: number | undefined;

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  monitor(shown: RunMonitor | undefined): RunMonitor {
    return {
      progress: (progress) => {
        if (progress.unit !== 'steps') return;
        this.#steps.push(performance.now());
        shown?.progress?.({
          ...progress,
          stage: 'measuring',
          total: Math.min(STEPS, progress.total),
        });
      },
      result: () => {
        if (this.#steps.length === 0) return; // said before the first step
        this.#validated ??= performance.now();
        this.#stop.abort();
      },
    };
  }

  measured(config: Watched, plan: RunPlan): RunMeasure | undefined {
    const gaps = this.#steps.slice(1).map((at, index) => (at - (this.#steps[index] ?? at)) / 1000);
    const last = this.#steps.at(-1);
    if (gaps.length === 0 || last === undefined) return undefined;
    const secondsPerStep = medianOf(gaps);
    const once = this.#validated === undefined ? null : (this.#validated - last) / 1000;
    const { cases, tests } = casesOf(config, plan);
    const validations = Math.ceil(plan.steps / config.validation.every);
    const secondsPerValidation = once === null ? null : once * cases;
    return {
      secondsPerStep,
      measuredSteps: gaps.length,
      secondsPerValidation,
      secondsTotal:
        secondsPerStep * plan.steps +
        (secondsPerValidation ?? 0) * validations +
        (once ?? 0) * tests,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

/** Cases of a validation, and test cases that are judged, in units of what was measured. */
function casesOf(
  { validation, judge }: Watched,
  { data }: RunPlan,
): { readonly cases: number; readonly tests: number } {
  if (!('cases' in validation)) return { cases: 1, tests: 0 };
  const held = data.validation > 0 ? data.validation : (data.labeled ?? 0);
  const cases = Math.min(validation.cases ?? held, held);
  return { cases, tests: judge ? data.test : 0 };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** A measure as lines of a plan. */
export function formatMeasure(measure: RunMeasure, steps: number): string {
  const { secondsPerStep, measuredSteps, secondsPerValidation, secondsTotal, peakBytes } = measure;
  const validation =
    secondsPerValidation === null
      ? ''
      : `, ${seconds(secondsPerValidation)} for the first validation`;
  return [
    `${'measured'.padEnd(14)}${seconds(secondsPerStep)} per step (${(1 / secondsPerStep).toPrecision(2)} steps/s, median of ${measuredSteps})${validation}`,
    `${'time'.padEnd(14)}about ${duration(secondsTotal)} for all ${steps.toLocaleString('en-US')} steps, with validation and test`,
    `${'memory'.padEnd(14)}${(peakBytes / 2 ** 30).toFixed(1)} GiB at most so far, of this process`,
  ].join('\n');
}

function seconds(value: number): string {
  return `${value.toPrecision(2)} s`;
}

function duration(total: number): string {
  if (total < 90) return `${Math.ceil(total)} s`;
  if (total < 90 * 60) return `${Math.ceil(total / 60)} min`;
  return total < 48 * 3600
    ? `${(total / 3600).toFixed(1)} h`
    : `${(total / 86_400).toFixed(1)} days`;
}
