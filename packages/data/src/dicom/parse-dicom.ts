import { isVoxmimError, VoxmimError } from '@voxmim/core';
import dicomParser, { type DataSet } from 'dicom-parser';
import { Inflate } from 'fflate';

export type { DataSet } from 'dicom-parser';

/** Where the pixels of a file are. */
export const PIXEL_DATA = 'x7fe00010';

/** Deflated headers beyond this are refused. */
const MOST_INFLATED_BYTES = 2 ** 30;

/** Whether a file starts as DICOM does: a preamble, or a group 2 or 8 element without one. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return hasPreamble(bytes) || (bytes.length > 132 && bytes[0] === 8 && bytes[1] === 0);
}

/**
 * The elements of a DICOM file.
 *
 * @param untilPixels stop where the pixels begin: enough for a header, and needs no more memory
 * @throws `INVALID_FILE`
 */
export function parseDicom(bytes: Uint8Array, path: string, untilPixels: boolean): DataSet {
  return soundly(path, () =>
    dicomParser.parseDicom(bytes, {
      inflater: (all, position) => inflated(all, position),
      ...(untilPixels ? { untilTag: PIXEL_DATA } : {}),
      // Files from before 1993 have neither preamble nor transfer syntax.
      ...(hasPreamble(bytes) ? {} : { TransferSyntaxUID: '1.2.840.10008.1.2' }),
    }),
  );
}

/** Runs the parser or reads from what it gave: it throws text, and whatever lying lengths lead to. */
export function soundly<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (isVoxmimError(error)) throw error;
    throw new VoxmimError(
      'INVALID_FILE',
      `${path} is not a sound DICOM file.`,
      'Copy or export the file again.',
      { path },
      { cause: new Error(reasonOf(error)) },
    );
  }
}

/** The parser throws objects that hold all it has read; of these only the sentence is kept. */
function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  const isWrapped = typeof error === 'object' && error !== null && 'exception' in error;
  return isWrapped ? reasonOf(error.exception) : 'unknown';
}

function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
}

/** The bytes up to `position` as they are, the rest inflated. */
function inflated(all: Uint8Array, position: number): Uint8Array {
  const chunks = [all.subarray(0, position)];
  let total = position;
  const stream = new Inflate((chunk) => {
    total += chunk.length;
    if (total > MOST_INFLATED_BYTES) throw new RangeError('inflates to more than 1 GiB');
    chunks.push(chunk);
  });
  const step = 65_536;
  for (let start = position; start < all.length; start += step) {
    stream.push(all.subarray(start, start + step), start + step >= all.length);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
