import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';
import { isAbsent, readIfThere, reasonOf } from '@voxmim/core/node';

import { checkpointFiles, parseState } from './checkpoint-format.js';

/** What the folder of a checkpoint is called: `step-00000500`. */
export const STEP_FOLDER = /^step-\d{8,}$/;

/** Which of several checkpoints is meant: the newest, or the one with the best evaluation so far. */
export type WhichCheckpoint = 'last' | 'best';

/** The name of the folder of the checkpoint after so many steps. */
export function stepFolder(step: number): string {
  return `step-${String(step).padStart(8, '0')}`;
}

/** The names of the checkpoints in a folder, the oldest first; none where there is no folder. */
export async function stepFolders(path: string): Promise<string[]> {
  const names = await readdir(path).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    const reason = `${path} cannot be read: ${reasonOf(error)}.`;
    throw new VoxmimError('READ_FAILED', reason, 'Check its permissions.', { path }, { cause: error }); // prettier-ignore
  });
  const stepOf = (name: string) => Number(name.slice('step-'.length));
  return names.filter((name) => STEP_FOLDER.test(name)).sort((a, b) => stepOf(a) - stepOf(b));
}

/**
 * The checkpoint that `path` means: itself, or one in a folder of them. Which one is the best the newest knows;
 * `…/last` and `…/best` mean these too, as the links of earlier releases did.
 *
 * @throws `NOT_FOUND`
 */
export async function findCheckpoint(
  path: string,
  which: WhichCheckpoint = 'last',
): Promise<string> {
  if ((await stateIn(path)) !== undefined) return realpath(path);
  const newest = (await stepFolders(path)).at(-1);
  if (newest !== undefined) return inFolder(path, newest, which);
  const named = basename(path);
  if (named === 'last' || named === 'best') return findCheckpoint(dirname(path), named);
  throw notFound(
    path,
    `${path} holds no checkpoint: no ${checkpointFiles.state}, and no folder step-….`,
  );
}

async function inFolder(path: string, newest: string, which: WhichCheckpoint): Promise<string> {
  const last = join(path, newest);
  const text = await stateIn(last);
  if (text === undefined) throw notFound(last, `${last} has no ${checkpointFiles.state}.`);
  if (which === 'last') return realpath(last);
  const { state } = parseState(parseText(text, last), join(last, checkpointFiles.state));
  // Without an evaluation there is no better one.
  if (state.best === null) return realpath(last);
  const best = join(path, stepFolder(state.best.step));
  if ((await stateIn(best)) !== undefined) return realpath(best);
  throw notFound(best, `The best checkpoint, ${best}, is gone.`);
}

function stateIn(path: string): Promise<string | undefined> {
  return readIfThere(join(path, checkpointFiles.state));
}

/** What is no JSON is left to the schema to refuse by name. */
function parseText(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${join(path, checkpointFiles.state)} is no JSON.`,
      'Use another checkpoint.',
      { path: join(path, checkpointFiles.state) },
      { cause },
    );
  }
}

function notFound(path: string, problem: string): VoxmimError<'NOT_FOUND'> {
  const remedy = 'Give the folder of a checkpoint, or the checkpoints folder of a run.';
  return new VoxmimError('NOT_FOUND', problem, remedy, { path });
}
