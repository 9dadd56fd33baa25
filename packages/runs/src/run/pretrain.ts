import { registered } from '@voxmim/core';
import type { PretrainConfig } from '@voxmim/presets';

import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { pretrainTask } from '../tasks/pretraining.js';
import { configureTask, withPlugins } from '../tasks/resolve-task.js';
import type { RunOptions } from './run-options.js';
import { runTask, type TaskResult } from './run-task.js';

/** How a pretraining run ended. */
export type PretrainResult = TaskResult;

/**
 * Pretrains an encoder on volumes: {@link runTask} of the task `pretrain`. The folder gets reconstructions of fixed
 * validation crops too.
 *
 * @throws as {@link runTask}
 */
export async function pretrain(
  config: PretrainConfig,
  { registries = createRunRegistries(), ...options }: RunOptions,
): Promise<PretrainResult> {
  const raw = await withPlugins(config, registries, 'config');
  const configured = await configureTask(registered(pretrainTask), raw, { registries });
  return runTask(configured, { ...options, registries });
}
