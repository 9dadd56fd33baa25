import { readdir, readFile } from 'node:fs/promises';

import { VoxmimError } from '../errors.js';
import { codeOf, reasonOf } from './system-reason.js';

/** Whether a call of the system failed because nothing is there; anything else is worth telling. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

/**
 * The text of a file, or undefined where there is none.
 *
 * @throws `READ_FAILED` where there is one that cannot be read: taken for missing, it would be lost in silence
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unreadable(path, error);
  }
}

/**
 * The names in a folder, none where there is no folder.
 *
 * @throws `READ_FAILED` where there is one that cannot be read
 */
export async function namesIfThere(
  path: string,
  options: { readonly recursive?: boolean } = {},
): Promise<string[]> {
  try {
    return await readdir(path, { ...options, encoding: 'utf8' });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): VoxmimError<'READ_FAILED'> {
  return new VoxmimError(
    'READ_FAILED',
    `${path} cannot be read: ${reasonOf(cause)}.`,
    'Check its permissions and the disk.',
    { path },
    { cause },
  );
}
