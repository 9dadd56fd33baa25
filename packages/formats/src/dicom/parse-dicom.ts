import { isVoxmimError, VoxmimError } from '@voxmim/core';
import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import { Inflate } from 'fflate';

import { dicomStart, type ElementCoding, elementCodingAt, PREAMBLE_BYTES } from './dicom-start.js';

export type { DataSet } from 'dicom-parser';

/** Where the pixels of a file are. */
export const PIXEL_DATA = 'x7fe00010';

/** Deflated headers beyond this are refused. */
const MOST_INFLATED_BYTES = 2 ** 30;

/**
 * The elements of a DICOM file. How they are written is decided by the bytes, where these and the
 * transfer syntax differ, and for files that have neither preamble nor transfer syntax.
 *
 * @param untilPixels stop where the pixels begin: enough for a header, and needs no more memory
 * @throws `INVALID_FILE`
 */
export function parseDicom(bytes: Uint8Array, path: string, untilPixels: boolean): DataSet {
  return soundly(path, () => {
    const { body, syntax } = opened(bytes);
    return dicomParser.parseDicom(body, {
      inflater: (all, position) => inflated(all, position),
      ...(untilPixels ? { untilTag: PIXEL_DATA } : {}),
      ...(syntax === undefined ? {} : { TransferSyntaxUID: syntax }),
    });
  });
}

const UNCOMPRESSED: Readonly<Record<ElementCoding, string>> = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  bigEndian: '1.2.840.10008.1.2.2',
};

/** What to parse: a file with its preamble, or a data set by itself and the transfer syntax that it has. */
interface Opened {
  readonly body: Uint8Array;
  readonly syntax?: string;
}

function opened(bytes: Uint8Array): Opened {
  const start = dicomStart(bytes);
  if (start === undefined) return { body: bytes }; // the parser says what is wrong
  if (start !== 'preamble' && start !== 'meta') return { body: bytes, syntax: UNCOMPRESSED[start] };
  const file = start === 'preamble' ? bytes : withPreamble(bytes);
  const { elements } = dicomParser.readPart10Header(file);
  const position = Object.values(elements).reduce(
    (end, { dataOffset, length }) => Math.max(end, dataOffset + length),
    PREAMBLE_BYTES,
  );
  const coding = elementCodingAt(file, position);
  const said = 'x00020010' in elements ? textOf(file, elements['x00020010']) : undefined;
  const isPlain = said === undefined || Object.values(UNCOMPRESSED).includes(said);
  if (!isPlain || coding === undefined || said === UNCOMPRESSED[coding]) return { body: file };
  return { body: file.subarray(position), syntax: UNCOMPRESSED[coding] };
}

/** Some tools leave out the 128 bytes and `DICM`, and begin with group 2. */
function withPreamble(bytes: Uint8Array): Uint8Array {
  const file = new Uint8Array(PREAMBLE_BYTES + bytes.length);
  file.set(new TextEncoder().encode('DICM'), PREAMBLE_BYTES - 4);
  file.set(bytes, PREAMBLE_BYTES);
  return file;
}

function textOf(bytes: Uint8Array, { dataOffset, length }: Element): string {
  return new TextDecoder('latin1')
    .decode(bytes.subarray(dataOffset, dataOffset + length))
    .replace(/[\0 ]+$/, '');
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
