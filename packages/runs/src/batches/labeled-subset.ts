import type { RunMonitor, TaskData } from '@voxmim/core';

import type { FinetuneConfig } from '@voxmim/presets';
import { labeledIds } from './run-data.js';
import { nestedSubset } from './split.js';

/**
 * The training cases whose labels a fine-tuning uses, as many volumes as asked for. The monitor is told where
 * there are fewer, and of how many subjects they are.
 *
 * @throws `INVALID_DATA` when none has a label
 */
export function labeledSubset(
  data: Pick<TaskData, 'dataset' | 'split' | 'subjects'>,
  { use, seed }: FinetuneConfig['labels'],
  monitor: RunMonitor | undefined,
): readonly string[] {
  const pool = labeledIds(data, data.split.train, 'training');
  if (typeof use === 'number' && use > pool.length) {
    monitor?.note?.(
      `labels.use asks for ${use} labeled cases, but only ${pool.length} are left to train on: all of them are used.`,
    );
  }
  const chosen = nestedSubset(pool, use, seed, data.subjects);
  const subjects = new Set(chosen.map((id) => data.subjects.get(id) ?? id)).size;
  if (subjects < chosen.length) {
    monitor?.note?.(
      `The labels of ${chosen.length} volumes of ${subjects} subjects are used: labels.use counts volumes.`,
    );
  }
  return chosen;
}
