import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { VoxmimError } from '@voxmim/core';
import { reasonOf } from '@voxmim/core/node';
import { filesOf, type DatasetCase } from '@voxmim/datasets/node';
import type { RunRecord } from './run-record.js';

/** So much of either end of a file is read. The last bytes of a gzip file hold the checksum of its content. */
const END_BYTES = 4096;

/** What tells whether data are those that a run was made with, wherever they lie. */
export type DataFingerprint = NonNullable<RunRecord['data']>;

/**
 * The fingerprint of cases: quick, as it reads only the ends of files. Folders and their names do not enter.
 *
 * @throws `READ_FAILED` for a file that is gone or cannot be read
 */
export async function fingerprintOf(cases: readonly DatasetCase[]): Promise<DataFingerprint> {
  const hash = createHash('sha256');
  let [files, bytes] = [0, 0];
  for (const entry of [...cases].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    hash.update(JSON.stringify(entry.id));
    const paths = filesOf([entry]);
    // A series may be listed in any order; names of files stay when a folder moves.
    if (entry.series) paths.sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
    for (const path of paths) {
      const { size, ends } = await endsOf(path);
      hash.update(`${size} `).update(ends);
      files += 1;
      bytes += size;
    }
  }
  return { cases: cases.length, files, bytes, sha256: hash.digest('hex') };
}

async function endsOf(path: string): Promise<{ size: number; ends: Uint8Array }> {
  try {
    if ((await stat(path)).isDirectory()) return { size: 0, ends: new Uint8Array() };
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const ends = Buffer.alloc(2 * END_BYTES);
      await file.read(ends, 0, END_BYTES, 0);
      await file.read(ends, END_BYTES, END_BYTES, Math.max(0, size - END_BYTES));
      return { size, ends };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new VoxmimError(
      'READ_FAILED',
      `${path} cannot be read: ${reasonOf(error)}.`,
      'Check its permissions and the disk.',
      { path },
      { cause: error },
    );
  }
}
