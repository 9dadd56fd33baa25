import { closeSync, openSync, readSync, utimesSync } from 'node:fs';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';

import { shape3, VoxmimError } from '@voxmim/core';
import * as z from 'zod';

/**
 * A file of the cache: a header and gzipped sections, each of which can be read alone.
 *
 * ```
 * 'VOXMIM01' · header bytes (uint32) · CRC-32 of the header (uint32) · header (JSON) · sections
 * ```
 *
 * Little endian. gzip ends with a checksum of its content, so that flipped bits are found there too.
 */
const MAGIC = 'VOXMIM01';
const PREFIX_BYTES = 16;
/** Use is marked no more often, in milliseconds. */
const MARKED_EVERY = 60_000;
/** Mostly the header comes with the first read. */
const FIRST_READ_BYTES = 1 << 14;
/** Level 1: on preprocessed CT as small as others get it, and what costs time is reading. */
const GZIP = { level: 1 };

const EntryHeader = z.strictObject({
  shape: shape3,
  channels: z.int().positive(),
  /** Twelve float64, as base64: text would lose the sign of a zero. */
  affine: z.string(),
  /** The value of air in the first channel. */
  air: z.number(),
  /** What preprocessing had to say; the case's name left out. */
  notes: z.array(z.string()).readonly(),
  hasLabels: z.boolean(),
  /** Where each section ends, in bytes after the header. */
  ends: z.array(z.int().nonnegative()).readonly(),
});

/** What is known of an entry before any voxel is read. */
export type EntryHeader = z.infer<typeof EntryHeader>;

/** The bytes of an entry. */
export function packEntry(
  header: Omit<EntryHeader, 'ends'>,
  sections: Iterable<Uint8Array>,
): Uint8Array {
  const packed = Array.from(sections, (section) => gzipSync(section, GZIP));
  let end = 0;
  const ends = packed.map(({ length }) => (end += length));
  const text = Buffer.from(JSON.stringify({ ...header, ends } satisfies EntryHeader));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(text.length, 8);
  prefix.writeUInt32LE(crc32(text), 12);
  return Buffer.concat([prefix, text, ...packed]);
}

/** An entry on disk, opened for each read: it may be removed at any time. */
export class EntryFile {
  readonly path: string;
  readonly header: EntryHeader;
  readonly #start: number;
  #markedAt = 0;

  private constructor(path: string, header: EntryHeader, start: number) {
    this.path = path;
    this.header = header;
    this.#start = start;
  }

  /** @throws `INVALID_FILE` for an entry that is damaged or gone */
  static open(path: string): EntryFile {
    return reading(path, (file) => {
      const first = readAt(file, 0, FIRST_READ_BYTES);
      if (first.toString('latin1', 0, 8) !== MAGIC) throw new RangeError('no header');
      const end = PREFIX_BYTES + first.readUInt32LE(8);
      const all = end <= first.length ? first : readAt(file, 0, end);
      const text = all.subarray(PREFIX_BYTES, end);
      if (text.length < end - PREFIX_BYTES || crc32(text) !== first.readUInt32LE(12)) {
        throw new RangeError('a damaged header');
      }
      const entry = new EntryFile(path, EntryHeader.parse(JSON.parse(text.toString())), end);
      entry.#markUsed();
      return entry;
    });
  }

  /** Bytes of memory that an opened entry takes, about. */
  get bytes(): number {
    return this.header.ends.length * 8 + 1024;
  }

  /** Time of use is kept as the modification time: access times are off on many machines. */
  #markUsed(): void {
    const now = Date.now();
    if (now - this.#markedAt < MARKED_EVERY) return;
    this.#markedAt = now;
    try {
      utimesSync(this.path, now / 1000, now / 1000);
    } catch {
      // Removed just now, or a read-only cache.
    }
  }

  /**
   * Reads sections.
   *
   * @param sizes bytes of each when inflated
   * @throws `INVALID_FILE` for an entry that is damaged or gone
   */
  read(sections: readonly number[], sizes: readonly number[]): Uint8Array<ArrayBuffer>[] {
    if (sections.length === 0) return [];
    this.#markUsed();
    return reading(this.path, (file) =>
      sections.map((section, index) => {
        const from = section === 0 ? 0 : this.header.ends[section - 1];
        const length = this.header.ends[section] - from;
        const bytes = gunzipSync(readAt(file, this.#start + from, length), {
          maxOutputLength: Math.max(sizes[index], 1),
        });
        if (bytes.length !== sizes[index]) throw new RangeError('a section of another size');
        return Uint8Array.from(bytes);
      }),
    );
  }
}

/** Twelve numbers, row by row. */
export function packAffine(affine: readonly (readonly number[])[]): string {
  return Buffer.from(Float64Array.from(affine.flat()).buffer).toString('base64');
}

/** The opposite of {@link packAffine}. */
export function unpackAffine(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function readAt(file: number, position: number, length: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position));
}

function reading<Result>(path: string, read: (file: number) => Result): Result {
  try {
    const file = openSync(path, 'r');
    try {
      return read(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `The cache entry ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Remove it; it is made anew when it is needed.',
      { path },
      { cause: error },
    );
  }
}
