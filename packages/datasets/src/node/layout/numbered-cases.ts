import { basename } from 'node:path';

import { VoxmimError, type VolumeReaders } from '@voxmim/core';

import { withoutExtension } from '../dataset.js';
import type { FoundFile } from '@voxmim/formats/node';

/** The files of a case, one per channel. */
export interface NumberedCase {
  readonly id: string;
  readonly files: readonly FoundFile[];
}

/** More files than this are no modalities of one scan. */
const MOST_CHANNELS = 16;

/**
 * Brings files together as nnU-Net names them: `a_0000` and `a_0001` are the channels of `a`. Numbers
 * from 0000 on that are more than {@link MOST_CHANNELS}, or that label maps have too, are cases.
 *
 * @param labelIds names of label maps without their extensions, where there are any
 * @throws `NOT_FOUND` naming the channel that is missing between others
 */
export function numberedCases(
  files: readonly FoundFile[],
  readers: VolumeReaders,
  labelIds: ReadonlySet<string> = new Set(),
): NumberedCase[] {
  const cases: NumberedCase[] = [];
  const channels = new Map<string, Map<number, FoundFile>>();
  for (const file of files) {
    const id = idOf(file.name, readers);
    const [, base = '', digits = ''] = (!labelIds.has(id) && /^(.+)_(\d{4})$/.exec(id)) || [];
    const own = channels.get(base) ?? new Map<number, FoundFile>();
    // A second file of one number makes a second case of one id, which is refused.
    if (base === '') cases.push({ id, files: [file] });
    else if (own.has(Number(digits))) cases.push({ id: base, files: [file] });
    else channels.set(base, own.set(Number(digits), file));
  }
  for (const [base, numbers] of channels) cases.push(...casesOf(base, numbers, readers));
  return cases.sort((left, right) => (left.id < right.id ? -1 : 1));
}

function casesOf(
  base: string,
  numbers: ReadonlyMap<number, FoundFile>,
  readers: VolumeReaders,
): NumberedCase[] {
  const found = [...numbers].sort(([left], [right]) => left - right);
  if (!numbers.has(0) || numbers.size > MOST_CHANNELS) {
    return found.map(([, file]) => ({ id: idOf(file.name, readers), files: [file] }));
  }
  checkWithoutGaps(base, found);
  return [{ id: base, files: found.map(([, file]) => file) }];
}

/** A file name without its folder and extension. */
export function idOf(name: string, readers: VolumeReaders): string {
  return withoutExtension(readers.withoutExtension(basename(name)));
}

function checkWithoutGaps(base: string, found: readonly (readonly [number, FoundFile])[]): void {
  const absent = found.findIndex(([number], place) => number !== place);
  if (absent < 0) return;
  const [, after] = found[absent];
  const name = `${base}_${String(absent).padStart(4, '0')}`;
  throw new VoxmimError(
    'NOT_FOUND',
    `${after.path} is a channel of ${base}, but ${name} is not there.`,
    'Add the channel; where each file is a case of its own, list them in a CSV file with id and image.',
    { path: after.path },
  );
}
