import type { RunConfig, TaskFields } from '@voxmim/core';
import * as z from 'zod';

/** The fields that every run has, and one of our own. */
export function flipSchema({ run }: Pick<TaskFields, 'run'>) {
  return z.strictObject({
    ...run,
    every: z.int().positive().default(50).describe('Steps between validations.'),
  });
}

export interface FlipConfig extends RunConfig {
  readonly every: number;
}
