import type { ConfiguredTask } from '@voxmim/core';
import { formatMeasure, formatPlan, measureRun, type RunPlan } from '@voxmim/runs';

import type { CommandResult } from './command-context.js';
import type { RunCommandOptions } from './run-options.js';

/** Says what a run would do and, where that is asked for, how long by a few real steps. */
export async function planEnd(
  plan: RunPlan,
  configured: ConfiguredTask,
  run: Parameters<typeof measureRun>[2],
  { measure = false }: RunCommandOptions,
): Promise<CommandResult> {
  const measured = measure ? await measureRun(configured, plan, run) : undefined;
  const lines = [formatPlan(plan), ...(measured ? [formatMeasure(measured, plan.steps)] : [])];
  return {
    text: lines.join('\n'),
    data: { plan, ...(measured && { measured }) },
    ok: !measure || measured !== undefined,
  };
}
