import type { ConfiguredTask, Judgment, Registries, TrainingResult } from '@voxmim/core';
import { loadCheckpointWeights } from '@voxmim/training/node';
import { loadWeights } from '@voxmim/weights';

import { initialize } from './initialize.js';
import { logPictures } from './log-pictures.js';
import { leads } from './processes.js';
import { reportAtEnd } from './report-at-end.js';
import type { RunOptions } from './run-options.js';
import { startRun, type StartedRun } from './start-run.js';

/** How a run ended. */
export interface TaskResult extends TrainingResult {
  /** The folder of the run. */
  readonly out: string;
  readonly task: string;
  /** The training cases whose labels were used, where labels enter. */
  readonly labeled?: readonly string[];
  /** Of the best checkpoint on the test cases; absent where the run was interrupted or judges nothing. */
  readonly judgment?: Judgment;
}

/**
 * Trains as a config says, whatever its task. The folder gets the resolved config, the split, checkpoints, logs,
 * what the task leaves, `run.json` and a report.
 *
 * @param configured from `options.registries`
 * @throws `INVALID_CONFIG`, `RUN_EXISTS`, `BACKEND_UNAVAILABLE`, `NON_FINITE_LOSS`, `CHECKPOINT_MISMATCH` when a
 *   pretrained encoder does not fit, and what reading data and writing files throw
 */
export async function runTask(
  configured: ConfiguredTask,
  options: RunOptions & { readonly registries: Registries },
): Promise<TaskResult> {
  const { out } = options;
  const run = await startRun(configured, options);
  const { task, data, folder, recorder, monitor } = run;
  try {
    // One that was stopped before its first checkpoint has kept nothing of what it began with.
    if ((await folder.checkpoint()) === undefined) await initialize(run);
    const result = await recorder.watch(() => task.train(run));
    const { labeled } = data.split;
    const ended = { ...result, out, task: run.configured.definition.name };
    const known = { ...ended, ...(labeled && { labeled }) };
    if (!leads(run.exchange)) return known;
    const isComplete = result.status === 'completed';
    const judgment = isComplete ? await judge(run) : undefined;
    const report = isComplete ? await reportAtEnd(out, monitor, run.registries) : undefined;
    if (report) await logPictures(run, result.step, report);
    return { ...known, ...(judgment && { judgment }) };
  } finally {
    task.dispose();
    await folder.close();
  }
}

/** Loads the best checkpoint and has it judged on the test cases. */
async function judge(run: StartedRun): Promise<Judgment | undefined> {
  const { configured, task, data, folder } = run;
  if (!task.judge || !configured.isJudged || data.split.test.length === 0) return undefined;
  const best = await loadCheckpointWeights(folder.path('checkpoints'), 'best');
  loadWeights(task.model, best.tensors, best.path);
  return task.judge(run);
}
