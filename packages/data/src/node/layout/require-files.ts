import { access } from 'node:fs/promises';

import { VoxmimError } from '@voxmim/core';

import type { DatasetCase } from '../dataset.js';

/**
 * Checks that every file of every case is there.
 *
 * @param list the file that names them
 * @throws `NOT_FOUND`
 */
export async function requireFiles(cases: readonly DatasetCase[], list: string): Promise<void> {
  for (const { images, label } of cases) {
    for (const path of label === undefined ? images : [...images, label]) {
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      if (!isThere) throw missing(path, `is listed in ${list} but is not there`);
    }
  }
}

export function missing(path: string, what: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${path} ${what}.`,
    'Complete the data set, or correct the list.',
    { path },
  );
}
