import { parseConfig, VoxmimError } from '@voxmim/core';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

import { runEntry } from '../run/run-folder.js';

const number = z.number().nullable();
const Score = z.looseObject({ mean: number, low: number, high: number });
const scores = { dice: Score, nsd: Score, assd: Score };

/** `evaluation.json` as a report needs it; a value that was not finite is null. */
export const SavedEvaluation = z.looseObject({
  classes: z.array(z.string()),
  summary: z.looseObject({
    policy: z.enum(['monai', 'monaiScoreEmpty', 'nnunet']),
    cases: z.number(),
    classes: z.array(
      z.looseObject({
        name: z.string(),
        metrics: z.looseObject({ ...scores, hd95: Score.extend({ infiniteCases: z.number() }) }),
      }),
    ),
    mean: z.looseObject({ ...scores, hd95: Score }),
  }),
  cases: z.array(
    z.looseObject({
      id: z.string(),
      classes: z.array(z.looseObject({ name: z.string(), dice: number })),
    }),
  ),
});
export type SavedEvaluation = z.infer<typeof SavedEvaluation>;

/** The evaluation of the run in a folder; undefined where it has none. @throws `INVALID_FILE` */
export async function readEvaluation(folder: string): Promise<SavedEvaluation | undefined> {
  const path = runEntry(folder, 'evaluation');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseConfig(SavedEvaluation, parseJson(text, path), path);
}

/** Parses a file's text. @throws `INVALID_FILE` naming the file */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${path} is not JSON: ${String(error)}`,
      'Restore the file, or remove it to report from the rest of the run.',
      { path },
      { cause: error },
    );
  }
}

/** The mean Dice of a case over the classes that have one; NaN where none has. */
export function caseDice({ classes }: SavedEvaluation['cases'][number]): number {
  const values = classes.flatMap(({ dice }) => (dice === null ? [] : [dice]));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
