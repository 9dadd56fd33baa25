import type { Registries } from '@voxmim/core';

import { flipTask } from './flip-task.js';
import { lineLogger, LineLoggerConfig } from './line-logger.js';

export { flipTask };

/** Called by voxmim for every run whose config names this package under `plugins`. */
export function register(registries: Registries): void {
  registries.tasks.register(flipTask);
  registries.loggers.register({
    name: 'acme/lines',
    config: LineLoggerConfig,
    create: lineLogger,
  });
}
