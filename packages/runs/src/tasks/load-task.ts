import type { ConfiguredTask, RegisteredTask, Registries, Task } from '@voxmim/core';
import { RunFields } from '@voxmim/presets';
import { loadCheckpointWeights, readCheckpointConfig } from '@voxmim/training/node';
import { loadWeights } from '@voxmim/weights';
import * as z from 'zod';

import { checkpointsOf } from '../run/pretrained-source.js';
import { still } from '../model/still-random.js';
import { createTask } from '../run/start-run.js';
import { configureTask, withPlugins } from './resolve-task.js';

/** A trained task, and where it is from. */
export interface LoadedTask {
  /** The caller's to dispose. */
  readonly task: Task;
  readonly configured: ConfiguredTask;
  readonly fields: RunFields;
  /** The checkpoint the weights are from. */
  readonly path: string;
}

/** A checkpoint of the first releases names no task where it is of a fine-tuning. */
const Named = z.looseObject({ task: z.string().default('finetune') });

/**
 * Loads what a run has trained, whatever its task: the checkpoint that the task says is the one to use, or the one
 * that `path` names. A backend must be running.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `CHECKPOINT_MISMATCH`
 */
export async function loadTask(path: string, registries: Registries): Promise<LoadedTask> {
  const source = await checkpointsOf(path);
  const definition = await taskOf(source, registries);
  const saved = await loadCheckpointWeights(source, definition.checkpoint);
  const { path: origin, tensors, config: raw } = saved;
  const configured = await configureTask(definition, raw, { registries, origin });
  const task = createTask(configured, registries, () => still);
  try {
    loadWeights(task.model, tensors, origin);
    return { task, configured, fields: RunFields.parse(configured.fields), path: origin };
  } catch (error) {
    task.dispose();
    throw error;
  }
}

/** Whether what a run has trained writes a line of a table for each volume, and not a label map. */
export async function predictsRows(path: string, registries: Registries): Promise<boolean> {
  return (await taskOf(await checkpointsOf(path), registries)).predicts === 'rows';
}

/** The task of a checkpoint, its plugins loaded. */
async function taskOf(source: string, registries: Registries): Promise<RegisteredTask> {
  const newest = await withPlugins(await readCheckpointConfig(source), registries, source);
  return registries.tasks.get(Named.parse(newest).task);
}
