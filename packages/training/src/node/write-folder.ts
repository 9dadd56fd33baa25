import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';
import { codeOf, reasonOf } from '@voxmim/core/node';

/** A file of a folder: its bytes in order. */
export type FileChunks = readonly Uint8Array[];

/** Names of unfinished folders start with this; they may be removed at any time. */
export const UNFINISHED = '.unfinished-';

/**
 * Writes a folder whole or not at all: files go to a temporary folder beside it, everything is
 * flushed to the disk, then the folder is renamed. A folder that is already there is replaced.
 *
 * @throws `WRITE_FAILED`; the temporary folder is removed again and nothing else is touched
 */
export async function writeFolder(
  path: string,
  files: ReadonlyMap<string, FileChunks>,
): Promise<void> {
  const parent = dirname(path);
  const unfinished = join(parent, `${UNFINISHED}${basename(path)}-${randomUUID()}`);
  try {
    await mkdir(unfinished, { recursive: true });
    for (const [name, chunks] of files) await writeDurably(join(unfinished, name), chunks);
    await flushFolder(unfinished);
    await replaceFolder(unfinished, path);
    await flushFolder(parent);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw writeFailed(path, error);
  }
}

/** Turns what the file system threw into a `WRITE_FAILED` that names the reason. */
export function writeFailed(path: string, error: unknown): VoxmimError<'WRITE_FAILED'> {
  const reason = reasonOf(error);
  const full = /ENOSPC|EDQUOT/.test(codeOf(error) ?? reason);
  return new VoxmimError(
    'WRITE_FAILED',
    `${path} could not be written: ${reason}.`,
    full
      ? 'Free some space, then go on from the last checkpoint, which is untouched.'
      : 'Check that the folder exists and may be written.',
    { path },
    { cause: error },
  );
}

/** Makes names in a folder durable; where folders cannot be opened (Windows) there is no need. */
export async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

/** Moves an old folder out of the way first, as folders cannot be renamed over one another. */
async function replaceFolder(fresh: string, path: string): Promise<void> {
  const old = `${fresh}-old`;
  const hadOld = await rename(path, old).then(
    () => true,
    () => false,
  );
  await rename(fresh, path);
  if (hadOld) await rm(old, { recursive: true, force: true });
}

async function writeDurably(path: string, chunks: FileChunks): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    for (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
