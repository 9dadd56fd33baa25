import { randomBytes } from 'node:crypto';
import {
  copyFile,
  constants,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';
import {
  codeOf,
  isAbsent,
  readIfThere,
  reasonOf,
  isAlive,
  partName,
  sweepParts,
} from '@voxmim/core/node';
import * as z from 'zod';

/** The file that says which process is at work in a folder. */
export const LOCK_FILE = '.voxmim-lock';

const Holder = z.object({
  pid: z.int(),
  host: z.string(),
  /** When the process began, where the system tells: a number may be given to another process. */
  born: z.string().nullable(),
  since: z.string(),
});
type Holder = z.infer<typeof Holder>;

/**
 * Takes a folder for this process, making it where it is missing. The lock of a process of this machine that
 * is gone is taken over, and what killed processes left half-written in the folder is removed.
 *
 * @returns releases it
 * @throws `RUN_LOCKED`, `WRITE_FAILED`
 */
export async function lockFolder(root: string): Promise<() => Promise<void>> {
  await makeFolder(root);
  const path = join(root, LOCK_FILE);
  const text = `${JSON.stringify(await thisProcess())}\n`;
  while (!(await created(path, text))) {
    await checkUnlocked(root);
    await removeStale(root);
  }
  await sweepParts(root);
  return async () => {
    if ((await readIfThere(path)) === text) await rm(path, { force: true }).catch(() => undefined);
  };
}

/**
 * Refuses a folder that another process is at work in. Touches nothing.
 *
 * @throws `RUN_LOCKED`
 */
export async function checkUnlocked(root: string): Promise<void> {
  const holder = parseHolder(await readIfThere(join(root, LOCK_FILE)));
  if (holder && (await mayLive(holder))) throw locked(root, holder);
}

async function thisProcess(): Promise<Holder> {
  const { pid } = process;
  // The moment makes two locks of one process differ.
  const since = `${new Date().toISOString()} ${randomBytes(4).toString('hex')}`;
  return { pid, host: hostname(), born: await bornAt(pid), since };
}

/** Linux tells when a process began, since which start of the machine; others do not. */
async function bornAt(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()} ${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

async function mayLive({ host, pid, born }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  const now = await bornAt(pid);
  return born === null || now === null || born === now;
}

/** Creates a file with its content in one go, unless it is there. */
async function created(path: string, text: string): Promise<boolean> {
  const fresh = join(dirname(path), partName());
  try {
    await writeFile(fresh, text, { mode: 0o644 });
    await link(fresh, path).catch(async (error: unknown) => {
      if (isTaken(error)) throw error;
      // Disks without links, such as FAT.
      await copyFile(fresh, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw cannotWrite(path, error);
  } finally {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}

/** Moves the lock aside and looks again: meanwhile another process may have taken the folder over. */
async function removeStale(root: string): Promise<void> {
  const path = join(root, LOCK_FILE);
  const aside = join(root, partName());
  try {
    await rename(path, aside);
  } catch (error) {
    if (isAbsent(error)) return;
    throw cannotWrite(path, error);
  }
  const holder = parseHolder(await readIfThere(aside));
  if (holder && (await mayLive(holder))) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function parseHolder(text: string | undefined): Holder | undefined {
  try {
    return text === undefined ? undefined : Holder.parse(JSON.parse(text));
  } catch {
    return undefined; // cut off by a power failure
  }
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}

async function makeFolder(root: string): Promise<void> {
  await mkdir(root, { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(root, error);
  });
}

function cannotWrite(path: string, error: unknown): VoxmimError<'WRITE_FAILED'> {
  return new VoxmimError(
    'WRITE_FAILED',
    `${path} cannot be made: ${reasonOf(error)}.`,
    'Choose a folder that you may write to by --out.',
    { path },
    { cause: error },
  );
}

function locked(root: string, { pid, host, since }: Holder): VoxmimError<'RUN_LOCKED'> {
  const isHere = host === hostname();
  const [begun = ''] = since.split(' ');
  return new VoxmimError(
    'RUN_LOCKED',
    `Process ${pid}${isHere ? '' : ` of the machine ${host}`} is at work in ${root} since ${begun}.`,
    isHere
      ? 'Wait for it, stop it, or write elsewhere by --out.'
      : `Wait for it or stop it there; if it no longer runs, remove ${join(root, LOCK_FILE)}.`,
    { path: root, pid, host },
  );
}
