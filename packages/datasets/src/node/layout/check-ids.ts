import { VoxmimError } from '@voxmim/core';

import type { Dataset } from '../dataset.js';

/**
 * Checks the ids of a data set. They name predictions and stand in splits: two cases cannot share one,
 * and none may lead out of a folder that it names a file in.
 *
 * @throws `INVALID_DATA` naming the id and its file
 */
export function checkIds({ root, cases }: Pick<Dataset, 'root' | 'cases'>): void {
  const seen = new Map<string, string>();
  for (const { id, images } of cases) {
    const path = images[0] ?? root;
    const why = unusable(id);
    if (why !== undefined) throw badId(id, path, why);
    const other = seen.get(id);
    if (other !== undefined) {
      throw new VoxmimError(
        'INVALID_DATA',
        `${other} and ${path} are both the case "${id}".`,
        'Rename one, or list the cases in a CSV file with an id column.',
        { path, reason: `two cases ${id}` },
      );
    }
    seen.set(id, path);
  }
}

function unusable(id: string): string | undefined {
  if (id === '' || id === '.' || id === '..') return 'names no file';
  if (/[/\\]/.test(id)) return 'leads to another folder';
  return /\p{Cc}/u.test(id) ? 'has characters that cannot be printed' : undefined;
}

function badId(id: string, path: string, why: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${JSON.stringify(id)} cannot be the id of ${JSON.stringify(path)}: it ${why}.`,
    'Name each case by letters, digits, "_", "-" and ".": rename the file, or correct the id in the list.',
    { path, reason: 'unusable id' },
  );
}
