import { readFile } from 'node:fs/promises';

import { VoxmimError } from '@voxmim/core';

import { reasonOf } from '@voxmim/core/node';

/**
 * The text of a file, without its byte order mark; UTF-8, or UTF-16 where the mark says so, as Windows
 * writes.
 *
 * @throws `INVALID_FILE` naming `file`
 */
export async function readText(file: string): Promise<string> {
  let bytes;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${file} cannot be read: ${reasonOf(error)}.`,
      'Check that it is a file and that you may read it.',
      { path: file },
      { cause: error },
    );
  }
  const coding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(coding).decode(bytes);
}
