import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { VoxmimError } from '../errors.js';

/** What a command is about to do. */
export interface OutputCheck {
  /** Files and folders that it reads; never replaced. */
  readonly reads?: readonly string[];
  /** Whether other files may be replaced. */
  readonly force?: boolean;
}

/**
 * Refuses to write over files, before anything is computed: those that the command reads always, by whatever
 * name or link, others without `force`.
 *
 * @throws `FILE_EXISTS`, naming the first
 */
export async function checkOutputs(
  paths: readonly string[],
  { reads = [], force = false }: OutputCheck,
): Promise<void> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const file = await identityOf(path);
    if (file !== undefined) found.set(file, path);
  }
  if (found.size === 0) return;
  for (const path of reads) {
    const out = found.get((await identityOf(path)) ?? '');
    if (out !== undefined) throw readsWhatItWrites(out, path);
  }
  const there = [...found.values()];
  if (!force) throw exists(there);
}

/**
 * Where the file of a case goes in a folder.
 *
 * @param id from a list or a file name, so anybody's: it must name a file in the folder
 * @throws `INVALID_DATA` for an id that leads elsewhere
 */
export function outputPath(folder: string, id: string, suffix: string): string {
  if (!/[/\\\u0000-\u001f\u007f]/.test(id) && id !== '.' && id !== '..' && id !== '') {
    return join(folder, `${id}${suffix}`);
  }
  throw new VoxmimError(
    'INVALID_DATA',
    `The case ${JSON.stringify(id)} would be written outside of ${folder}: its id is no plain name.`,
    'Give the case an id without slashes and dots alone.',
    { path: folder, reason: 'an id that is no file name' },
  );
}

/** What tells a file from all others, links followed. */
async function identityOf(path: string): Promise<string | undefined> {
  // What cannot be looked at cannot be written to either; writing will say so.
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
}

function readsWhatItWrites(out: string, path: string): VoxmimError<'FILE_EXISTS'> {
  return new VoxmimError(
    'FILE_EXISTS',
    `${out} is the file ${path} that is read: it would be replaced.`,
    'Write to another folder or name.',
    { path: out },
  );
}

function exists(paths: readonly string[]): VoxmimError<'FILE_EXISTS'> {
  const [path, ...others] = paths;
  const more = others.length > 0 ? `, and ${others.length} more that would be written,` : '';
  return new VoxmimError(
    'FILE_EXISTS',
    `${path}${more} is there already.`,
    'Write elsewhere, or replace it by --force.',
    { path: paths.join(', ') },
  );
}
