import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import * as z from 'zod';

import { walkFiles } from '@voxmim/formats/node';
import { writeFileWhole } from '@voxmim/core/node';

/**
 * A file younger than this when it was read is read again next time: it may be written once more
 * within the resolution of its file system's clock. FAT's is the coarsest, 2 s.
 */
const SETTLED_MS = 2500;

/** What tells that a file is the one that was hashed; the change time cannot be set by programs. */
const HashRecord = z.strictObject({ stamp: z.string(), hash: z.string() });

/**
 * SHA-256 of files, remembered by path, size, inode, and the times of modification and change in
 * nanoseconds, so that data sets are not read whole at every start. Paths are stored as hashes.
 */
export class ContentHashes {
  readonly #folder: string;

  /** @param folder where to remember; made when needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The hash of what a reader would read at `path`: a file, both files of an `.hdr` and `.img` pair, or all
   * files of a DICOM folder.
   */
  async of(path: string): Promise<string> {
    const files = await sourceFiles(path);
    const hashes: string[] = [];
    for (const file of files) hashes.push(await this.#ofFile(file));
    return hashes.length === 1 ? (hashes[0] ?? '') : sha256(hashes.join());
  }

  async #ofFile(path: string): Promise<string> {
    const before = await stat(path, { bigint: true });
    const record = join(this.#folder, recordName(await realpath(path)));
    const known = await readRecord(record);
    if (known?.stamp === stampOf(before)) return known.hash;
    const begunAt = Date.now();
    const hash = await hashFile(path);
    const isSettled = newestTime(before) + SETTLED_MS < begunAt;
    if (isSettled && stampOf(await stat(path, { bigint: true })) === stampOf(before)) {
      const text = JSON.stringify({ stamp: stampOf(before), hash });
      // Where it cannot be remembered, the file is read again next time.
      await writeFileWhole(record, text, {
        durable: false,
        ownerOnly: dirname(this.#folder),
      }).catch(() => undefined);
    }
    return hash;
  }
}

/** SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function sourceFiles(path: string): Promise<string[]> {
  if ((await stat(path)).isDirectory()) {
    return (await walkFiles(path)).files.map((file) => file.path);
  }
  const pair = /^(.*)\.(?:hdr|img)(\.gz)?$/i.exec(path);
  if (!pair) return [path];
  const [, stem, gz = ''] = pair;
  return [`${stem}.hdr${gz}`, `${stem}.img${gz}`];
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const chunks: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

async function readRecord(path: string): Promise<z.infer<typeof HashRecord> | undefined> {
  try {
    return HashRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // not there yet, or damaged: the file is read again
  }
}

function recordName(path: string): string {
  const name = sha256(path);
  return join(name.slice(0, 2), `${name.slice(2)}.json`);
}

function stampOf({ size, ino, dev, mtimeNs, ctimeNs }: BigIntStats): string {
  return [size, dev, ino, mtimeNs, ctimeNs].join(' ');
}

function newestTime({ mtimeMs, ctimeMs }: BigIntStats): number {
  return Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
}
