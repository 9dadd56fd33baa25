import type { Registries, TaskRegistry } from '@voxmim/core';
import { createRegistries, type RegistriesOptions } from '@voxmim/presets';

import { pretrainTask } from './pretraining.js';
import { segmentationTask } from './segmentation.js';

/** Adds the tasks that are built in: `pretrain` and `finetune`. */
export function registerTasks(tasks: TaskRegistry): void {
  tasks.register(pretrainTask).register(segmentationTask);
}

/** Fresh registries with every component and every task that is built in. */
export function createRunRegistries(options: RegistriesOptions = {}): Registries {
  const registries = createRegistries(options);
  registerTasks(registries.tasks);
  return registries;
}
