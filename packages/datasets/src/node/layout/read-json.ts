import { VoxmimError } from '@voxmim/core';

import { readText } from './read-text.js';

/**
 * What a JSON file holds, with a byte order mark or without.
 *
 * @throws `INVALID_FILE` naming `file`
 */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${file} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
      'Correct the file.',
      { path: file },
      { cause: error },
    );
  }
}
