import { VoxmimError } from '@voxmim/core';

/** @throws `INVALID_FILE` naming `file` */
export function parseJson(text: string, file: string): unknown {
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
