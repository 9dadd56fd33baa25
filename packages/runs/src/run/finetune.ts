import { registered } from '@voxmim/core';
import type { FinetuneConfig } from '@voxmim/presets';

import { readEvaluation, type SavedEvaluation } from '../judging/saved-evaluation.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { configureTask, withPlugins } from '../tasks/resolve-task.js';
import { segmentationTask } from '../tasks/segmentation.js';
import type { RunOptions } from './run-options.js';
import { runTask, type TaskResult } from './run-task.js';

/** How a fine-tuning run ended. */
export interface FinetuneResult extends TaskResult {
  /** The best checkpoint on the test cases; absent where the run was interrupted or has none. */
  readonly evaluation?: SavedEvaluation;
}

/**
 * Trains a segmentation model: {@link runTask} of the task `finetune`. The folder gets the transfer table,
 * predictions of the test cases and their evaluation too.
 *
 * @throws as {@link runTask}
 */
export async function finetune(
  config: FinetuneConfig,
  { registries = createRunRegistries(), ...options }: RunOptions,
): Promise<FinetuneResult> {
  const raw = await withPlugins(config, registries, 'config');
  const configured = await configureTask(registered(segmentationTask), raw, { registries });
  const result = await runTask(configured, { ...options, registries });
  const evaluation = result.judgment && (await readEvaluation(result.out));
  return { ...result, ...(evaluation && { evaluation }) };
}
