import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';

import { VoxmimError, type VolumeReaders } from '@voxmim/core';

import { isVolumeName, withoutExtension } from '../dataset.js';
import { onlyVolume } from '@voxmim/formats/node';

/** Where paths of a list start, and who names it. */
export interface ListPlace {
  /** The folder that paths are relative to. */
  readonly root: string;
  /** The file that lists them, for errors. */
  readonly list: string;
  readonly readers: VolumeReaders;
}

/**
 * The files of one listed image: itself, the one volume in a folder that is named so, or, where nothing
 * has its name, its channels `<name>_0000` and so on, as nnU-Net's first version lists them. Absolute
 * paths stay what they are; `\` separates folders too.
 *
 * @throws `NOT_FOUND`, naming what is there instead where a name is like it
 */
export async function listedImage(listed: string, place: ListPlace): Promise<string[]> {
  const there = await firstThere(listed, place);
  if (there !== undefined) return [there];
  for (const path of spellings(listed, place.root)) {
    const channels = await channelsOf(path, place.readers);
    if (channels.length > 0) return channels;
  }
  throw await notThere(listed, place);
}

/** Like {@link listedImage}, of a label map, which has no channels. */
export async function listedLabel(listed: string, place: ListPlace): Promise<string> {
  const there = await firstThere(listed, place);
  if (there !== undefined) return there;
  throw await notThere(listed, place);
}

/** Whether a listed image is where a list says. */
export async function isListedThere(listed: string, place: ListPlace): Promise<boolean> {
  return listedImage(listed, place).then(
    () => true,
    () => false,
  );
}

async function firstThere(listed: string, { root, readers }: ListPlace) {
  const isVolume = (name: string) => isVolumeName(name, readers);
  for (const path of spellings(listed, root)) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() && isVolume(basename(path))) {
      const inside = await onlyVolume(path, isVolume);
      if (inside !== undefined) return inside;
    }
    if (found) return path;
  }
  return undefined;
}

/** As it is written, and with `\` for `/` as Windows writes. */
function spellings(listed: string, root: string): string[] {
  const asWritten = resolve(root, listed);
  return listed.includes('\\')
    ? [asWritten, resolve(root, listed.replaceAll('\\', '/'))]
    : [asWritten];
}

async function channelsOf(path: string, readers: VolumeReaders): Promise<string[]> {
  const stem = withoutExtension(readers.withoutExtension(path));
  const ending = path.slice(stem.length);
  const channels: string[] = [];
  for (;;) {
    const channel = `${stem}_${String(channels.length).padStart(4, '0')}${ending}`;
    if (!(await stat(channel).catch(() => undefined))) return channels;
    channels.push(channel);
  }
}

async function notThere(listed: string, { root, list }: ListPlace): Promise<VoxmimError> {
  const path = spellings(listed, root).at(-1) ?? listed;
  const stem = withoutExtension(basename(path)).replace(extname(path), '');
  const beside = await readdir(dirname(path)).catch(() => []);
  const like = beside.filter((name) => !name.startsWith('.') && name.startsWith(stem)).sort();
  const hint = stem !== '' && like.length > 0 ? `; ${join(dirname(path), like[0])} is` : '';
  return new VoxmimError(
    'NOT_FOUND',
    `${path} is listed in ${list} but is not there${hint}.`,
    'Complete the data set, or correct the list; its paths start in its own folder.',
    { path },
  );
}
