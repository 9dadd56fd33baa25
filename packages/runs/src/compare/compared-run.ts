import { VoxmimError } from '@voxmim/core';
import { basename, dirname, join, resolve } from 'node:path';

import { readEvaluation, type SavedEvaluation } from '../judging/saved-evaluation.js';
import { readSplit, type SavedSplit } from '../reporting/saved-split.js';

/** A folder with an evaluation: of a fine-tuned run, or of `voxmim evaluate --out`. */
export interface ComparedRun {
  /** The shortest end of its path that tells it from the others. */
  readonly name: string;
  readonly folder: string;
  readonly evaluation: SavedEvaluation;
  /** Who it was trained on; undefined where the folder does not know. */
  readonly split: SavedSplit | undefined;
}

/**
 * Reads what is compared.
 *
 * @throws `INVALID_CONFIG` for fewer than two folders or one given twice; `NOT_FOUND` for one without an
 *   evaluation; `INVALID_FILE`
 */
export async function readComparedRuns(folders: readonly string[]): Promise<ComparedRun[]> {
  checkFolders(folders);
  const names = shortNames(folders);
  return Promise.all(
    folders.map(async (folder, index) => {
      const evaluation = await readEvaluation(folder);
      if (!evaluation) throw noEvaluation(folder);
      return { name: names[index] ?? folder, folder, evaluation, split: await readSplit(folder) };
    }),
  );
}

function checkFolders(folders: readonly string[]): void {
  const places = folders.map((folder) => resolve(folder));
  const twice = folders.find((_, index) => places.indexOf(places[index] ?? '') !== index);
  if (twice === undefined && folders.length > 1) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    twice === undefined
      ? 'A comparison needs two runs at least.'
      : `${twice} is given twice, and a run does not differ from itself.`,
    'Name two or more folders of fine-tuned runs, the one to compare with first.',
    { path: 'runs', received: folders },
  );
}

/** As much of the end of each path as tells all of them apart. */
function shortNames(folders: readonly string[], parts = 1): readonly string[] {
  const names = folders.map((folder) => lastParts(resolve(folder), parts));
  const isClear = new Set(names).size === names.length || parts > 16;
  return isClear ? names : shortNames(folders, parts + 1);
}

function lastParts(path: string, parts: number): string {
  return parts === 1 ? basename(path) : join(lastParts(dirname(path), parts - 1), basename(path));
}

function noEvaluation(folder: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${folder} holds no evaluation.`,
    'Name the folder of a finished fine-tuning with test cases, or judge predictions by "voxmim evaluate … --out".',
    { path: folder },
  );
}
