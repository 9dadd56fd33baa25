import { isVoxmimError, parseConfig } from '@voxmim/core';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';

import type { ReportContent } from '@voxmim/report';

import { parseJson, RESTORE } from '../judging/saved-evaluation.js';
import { runEntry } from '../run/run-folder.js';

const ids = z.array(z.string()).readonly();

/** `split.json` of a run: who is trained on, who is judged. */
export const SavedSplit = z
  .looseObject({ train: ids, validation: ids, test: ids, labeled: ids.optional() })
  .readonly();
export type SavedSplit = z.infer<typeof SavedSplit>;

/** The split of the run in a folder; undefined where it has none, or one that cannot be read. */
export async function readSplit(folder: string): Promise<SavedSplit | undefined> {
  const path = runEntry(folder, 'split');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parseConfig(SavedSplit, parseJson(text, path), path, RESTORE);
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    return undefined;
  }
}

/** A split for `ReportContent.splits`. */
export function splitLists({
  train,
  validation,
  test,
  labeled,
}: SavedSplit): ReportContent['splits'] {
  const lists = [
    { name: 'Training', ids: train },
    ...(labeled ? [{ name: 'Training with labels', ids: labeled }] : []),
    { name: 'Validation', ids: validation },
    { name: 'Test', ids: test },
  ];
  return lists.filter((list) => list.ids.length > 0);
}
