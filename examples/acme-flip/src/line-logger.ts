import type { LoggerContext, TrainingObserver } from '@voxmim/core';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Options of {@link lineLogger}. */
export const LineLoggerConfig = z.strictObject({
  file: z.string().min(1).default('lines.txt').describe('Its name in the folder of the run.'),
});

/** Keeps one line of each evaluation. */
export function lineLogger(
  { file }: z.output<typeof LineLoggerConfig>,
  { folder, stage }: LoggerContext,
): TrainingObserver {
  return {
    onEvaluation: ({ step, score }) =>
      appendFile(join(folder, file), `${stage}, step ${step}: ${score.toFixed(4)}\n`),
  };
}
