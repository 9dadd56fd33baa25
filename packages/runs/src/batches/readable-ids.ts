import { isUnreadable, VoxmimError, type RunMonitor } from '@voxmim/core';
import type { CaseStore } from '@voxmim/datasets/node';
import type { DataConfig } from '@voxmim/presets';

/**
 * The cases among `ids` that can be read, so that a run is steered by the same ones all through. The others
 * are named by a note.
 *
 * @throws where one cannot be read and `data.onError` says to stop; `INVALID_DATA` where none can
 */
export async function readableIds(
  store: CaseStore,
  ids: readonly string[],
  onError: DataConfig['onError'],
  note: RunMonitor['note'],
): Promise<readonly string[]> {
  if (onError === 'stop') return ids;
  const kept: string[] = [];
  for (const id of ids) {
    try {
      await store.use(id, () => undefined);
      kept.push(id);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      note?.(`Case ${id} is left out of validation. ${error.message}`);
    }
  }
  if (kept.length > 0) return kept;
  throw new VoxmimError(
    'INVALID_DATA',
    `None of the ${ids.length} cases that steer the run can be read.`,
    'Read the notes on each above; correct the files, or choose other cases in data.split.',
    { path: store.dataset.root, reason: 'no readable validation case' },
  );
}
