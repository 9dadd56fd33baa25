import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { join } from 'node:path';

import type { ViewFiles } from './view-files.js';

/**
 * Writes a view as files that any static server serves, or a file share behind one.
 *
 * @param force replaces files that are there
 * @returns how many bytes were written
 * @throws `FILE_EXISTS` before anything is written; `WRITE_FAILED`; what making a file throws
 */
export async function writeView(files: ViewFiles, folder: string, force = false): Promise<number> {
  await checkOutputs(
    [...files.keys()].map((name) => join(folder, name)),
    { force },
  );
  let bytes = 0;
  for (const [name, file] of files) {
    const content = await file.read();
    await writeFileWhole(join(folder, name), content, { ownerOnly: name.startsWith('volumes/') });
    bytes += content.length;
  }
  return bytes;
}
