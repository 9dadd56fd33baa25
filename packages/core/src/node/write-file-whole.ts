import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { VoxmimError } from '../errors.js';
import { partName } from './part-files.js';
import { reasonOf } from './system-reason.js';

/** How {@link writeFileWhole} writes. */
export interface WriteFileOptions {
  /** Whether to wait for the disk; without, a power failure may leave a damaged file. Default true. */
  readonly durable?: boolean;
  /**
   * Whether only the owner may read the file, and look into the folder where it is made for it: for what holds
   * patients' voxels. A path is that of a folder further up which is closed as well. Default false: as the
   * system is set (umask).
   */
  readonly ownerOnly?: boolean | string;
}

/**
 * Writes a file whole or not at all: to a temporary name beside it, synchronized to disk, then
 * renamed. A crash or a full disk leaves what was there before. Makes missing folders.
 *
 * @throws `WRITE_FAILED`
 */
export async function writeFileWhole(
  path: string,
  content: Uint8Array | string,
  { durable = true, ownerOnly = false }: WriteFileOptions = {},
): Promise<void> {
  const temporary = join(dirname(path), partName());
  try {
    if (typeof ownerOnly === 'string') await mkdir(ownerOnly, { recursive: true, mode: 0o700 });
    await makeFolder(dirname(path), ownerOnly !== false);
    const file = await open(temporary, 'wx', ownerOnly === false ? 0o666 : 0o600);
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // Where the folder could not be made, there is nothing to remove and no way to.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new VoxmimError(
      'WRITE_FAILED',
      `${path} could not be written: ${reasonOf(error)}.`,
      'Check free space and permissions; what was there before is untouched.',
      { path },
      { cause: error },
    );
  }
}

/** Makes a folder where it is missing; one that is there keeps its permissions. */
async function makeFolder(path: string, ownerOnly: boolean): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  // The mode that mkdir takes would hold for folders above as well, which may be anybody's.
  if (made !== undefined && ownerOnly) await chmod(path, 0o700);
}
