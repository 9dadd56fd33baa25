import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';

import { reasonOf } from '@voxmim/core/node';
import { isNiftiName } from './nifti-name.js';
import { textLinkTarget } from './text-link.js';

/** A file by its name in a folder, and where it is read. */
export interface FoundFile {
  /** Its path within the folder that was walked, with `/`. */
  readonly name: string;
  /** What to open: of a folder that is named as a volume and holds one, that one. */
  readonly path: string;
}

/** What lies in a folder. */
export interface FoundFiles {
  /** By name. */
  readonly files: readonly FoundFile[];
  /** Names of the folders right below the root. */
  readonly folders: readonly string[];
  /** What was left out though somebody may have meant it, and why. */
  readonly notes: readonly string[];
  /** Whether a link was followed, so that one file may have two names. */
  readonly hasLinks: boolean;
}

/** How {@link walkFiles} goes about it. */
export interface WalkOptions {
  /** Folders below the first to enter: 0 for none, all by default. */
  readonly depth?: number;
  /**
   * Which names are those of volumes. A folder of such a name that holds one volume stands for it, as
   * unpacking on Windows leaves them.
   */
  readonly isVolume?: (name: string) => boolean;
}

/** What systems and tools leave beside data, in any letter case. */
const JUNK = new Set([
  '__macosx',
  '@eadir',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  'thumbs.db',
  'desktop.ini',
]);

/**
 * The files in a folder and the folders below it: the one way in which data are found. A link is what
 * it points to; hidden names (`.x`, macOS' `._x`) and what systems leave behind are passed over. A
 * folder that cannot be opened, a link into a circle and one to nothing are left out and noted.
 *
 * @throws `NOT_FOUND` where `root` itself is missing, no folder, or may not be opened
 */
export async function walkFiles(
  root: string,
  { depth = Infinity, isVolume = () => false }: WalkOptions = {},
): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const notes: string[] = [];
  const state: { hasLinks: boolean; folders?: readonly string[] } = { hasLinks: false };

  const enter = async (folder: string, prefix: string, above: readonly string[]) => {
    const real = await realpath(folder);
    if (above.includes(real)) {
      notes.push(`${folder} is a link to a folder that it lies in, and is left out.`);
      return;
    }
    const found = await listFolder(folder, notes);
    state.folders ??= found.folders.map(({ name }) => name); // of the root, which is the first
    if (found.hasLinks) state.hasLinks = true;
    for (const { name, path } of found.files) files.push({ name: prefix + name, path });
    for (const { name, path } of found.folders) {
      const volume = isVolume(name) ? await onlyVolume(path, isVolume) : undefined;
      if (volume !== undefined) files.push({ name: prefix + name, path: volume });
      else if (above.length < depth) await entered(path, `${prefix}${name}/`, [...above, real]);
      else if (isVolume(name)) notes.push(`${path} is a folder, not a file, and is left out.`);
    }
  };
  const entered = async (folder: string, prefix: string, above: readonly string[]) => {
    try {
      await enter(folder, prefix, above);
    } catch (error) {
      notes.push(`${folder} cannot be opened (${reasonOf(error)}), and is left out.`);
    }
  };

  try {
    await enter(root, '', []);
  } catch (error) {
    throw notOpened(root, error);
  }
  const { folders = [], hasLinks } = state;
  return { files: files.sort(byName), folders, notes, hasLinks };
}

/**
 * The one volume in a folder that is named as if it were a file, or undefined.
 *
 * @param isVolume which names are those of volumes
 */
export async function onlyVolume(
  folder: string,
  isVolume: (name: string) => boolean,
): Promise<string | undefined> {
  const found = await listFolder(folder, []).catch(() => undefined);
  const volumes = found?.files.filter(({ name }) => isVolume(name)) ?? [];
  return volumes.length === 1 ? volumes[0]?.path : undefined;
}

/** A path itself, or the one NIfTI file in it where it is a folder that is named as if it were one. */
export async function unpacked(path: string): Promise<string> {
  if (!isNiftiName(basename(path))) return path;
  const found = await stat(path).catch(() => undefined);
  return (found?.isDirectory() ? await onlyVolume(path, isNiftiName) : undefined) ?? path;
}

/** By their names in the folder. */
interface Listing {
  readonly files: readonly FoundFile[];
  readonly folders: readonly FoundFile[];
  readonly hasLinks: boolean;
}

async function listFolder(folder: string, notes: string[]): Promise<Listing> {
  const files: FoundFile[] = [];
  const folders: FoundFile[] = [];
  let hasLinks = false;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.') || JUNK.has(name.toLowerCase())) continue;
    const path = join(folder, name);
    try {
      const linked = entry.isFile() ? await textLinkTarget(path) : undefined;
      if (entry.isSymbolicLink() || linked !== undefined) hasLinks = true;
      const kind = linked === undefined ? await kindOf(entry, path) : await stat(linked);
      if (kind.isFile()) files.push({ name, path: linked ?? path });
      else if (kind.isDirectory()) folders.push({ name, path: linked ?? path });
    } catch (error) {
      notes.push(`${path} ${danglingReason(error)}, and is left out.`);
    }
  }
  return { files, folders: folders.sort(byName), hasLinks };
}

function byName(left: FoundFile, right: FoundFile): number {
  return left.name < right.name ? -1 : 1;
}

/** Some file systems do not tell kinds in their listings. */
async function kindOf(
  entry: Dirent,
  path: string,
): Promise<Pick<Dirent, 'isFile' | 'isDirectory'>> {
  return entry.isFile() || entry.isDirectory() ? entry : stat(path);
}

function danglingReason(error: unknown): string {
  const reason = reasonOf(error);
  return reason === 'it is not there'
    ? 'is a link to something that is not there'
    : `cannot be opened (${reason})`;
}

function notOpened(root: string, error: unknown): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${root} cannot be opened: ${reasonOf(error)}.`,
    'Check the path, and that you may read it.',
    { path: root },
    { cause: error },
  );
}
