import type { TaskResult } from '@voxmim/runs';

import type { CommandResult } from './command-context.js';
import { formatDuration } from './progress.js';
import { resumeLine } from './resume-line.js';

/** Says how a training run ended and, where it was interrupted, how to go on. */
export function runEnd(result: TaskResult): CommandResult {
  const { status, step, out, elapsedMs, checkpoint, labeled, judgment } = result;
  const completed = status === 'completed';
  const duration = formatDuration(elapsedMs / 1000);
  const lines = completed
    ? [`Done: ${step} steps in ${duration}. The run is in ${out}.`]
    : [
        `Stopped after step ${step}; everything up to it is saved in ${out}.`,
        `To go on: ${resumeLine(out)}`,
      ];
  return {
    text: [...lines, ...(judgment ? ['', judgment.text] : [])].join('\n'),
    data: {
      status,
      out,
      steps: step,
      seconds: elapsedMs / 1000,
      checkpoint,
      best: result.best,
      ...(labeled && { labeled }),
      ...(judgment && { evaluation: judgment.summary }),
    },
    ok: completed,
  };
}
