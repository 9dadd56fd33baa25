import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { VoxmimError } from '../errors.js';

/**
 * Writes a file whole or not at all: to a temporary name beside it, synchronized to disk, then
 * renamed. A crash or a full disk leaves what was there before. Makes missing folders.
 *
 * @param durable whether to wait for the disk; without, a power failure may leave a damaged file
 * @throws `WRITE_FAILED`
 */
export async function writeFileWhole(
  path: string,
  content: Uint8Array | string,
  { durable = true } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new VoxmimError(
      'WRITE_FAILED',
      `Could not write ${path}: ${error instanceof Error ? error.message : String(error)}.`,
      'Check free space and permissions; what was there before is untouched.',
      { path },
      { cause: error },
    );
  }
}
