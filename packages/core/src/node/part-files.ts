import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { isAlive } from './is-alive.js';

/** Files that are being written: this machine, the process, a number. Short, so that long names of files work. */
const PART = /^\.voxmim-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/;
/** What earlier releases called them. */
const OLD_PART = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;
/** Whether the process of another machine still writes cannot be seen: left alone so long, in milliseconds. */
const ABANDONED_AFTER = 3_600_000;

/** This machine, without its name. */
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** A name for a file that is being written; it belongs to this process. */
export function partName(): string {
  return `.voxmim-${MACHINE}-${process.pid}-${randomBytes(6).toString('hex')}.part`;
}

/** Removes from a folder what killed processes left half-written. Touches nothing but our own names. */
export async function sweepParts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!PART.test(name) && !OLD_PART.test(name)) continue;
    const path = join(folder, name);
    // Who may not remove it can still work beside it.
    if (await isAbandoned(name, path)) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, machine, pid] = PART.exec(name) ?? [];
  if (machine === MACHINE) return Number(pid) !== process.pid && !isAlive(Number(pid));
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER;
}
