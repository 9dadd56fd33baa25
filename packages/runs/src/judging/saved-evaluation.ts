import { parseConfig, VoxmimError } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import * as z from 'zod';

import { runEntry } from '../run/run-folder.js';

const nullable = z.number().nullable();
const Score = z.looseObject({ mean: nullable, low: nullable, high: nullable });
const scores = { dice: Score, nsd: Score, assd: Score };

/** A number that does not exist (a distance to nothing) is null in JSON and NaN in code. */
const value = nullable.transform((found) => found ?? NaN);

const SavedClassMetrics = z.object({
  name: z.string(),
  predictedVoxels: z.number(),
  truthVoxels: z.number(),
  dice: value,
  iou: value,
  hd: value,
  hd95: value,
  assd: value,
  nsd: value,
  volumeDifferenceMl: value,
  relativeVolumeDifference: value,
});

/** `evaluation.json`, as reports and comparisons read it. */
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
  cases: z.array(z.object({ id: z.string(), classes: z.array(SavedClassMetrics) })),
  failed: z.array(z.object({ id: z.string(), message: z.string() })).default([]),
  notes: z.array(z.string()).default([]),
});
export type SavedEvaluation = z.infer<typeof SavedEvaluation>;

/** The evaluation of the run in a folder; undefined where it has none. @throws `INVALID_FILE`, `READ_FAILED` */
export async function readEvaluation(folder: string): Promise<SavedEvaluation | undefined> {
  return parseEvaluation(await readJsonIfThere(runEntry(folder, 'evaluation')));
}

/** A JSON file of a run; undefined where it is not there. @throws `INVALID_FILE`, `READ_FAILED` */
export async function readJsonIfThere(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : parseJson(text, path);
}

/** What a task that has read `evaluation.json` makes of it; undefined where there was none. @throws `INVALID_FILE` */
export function parseEvaluation(evaluation: unknown): SavedEvaluation | undefined {
  if (evaluation === undefined) return undefined;
  return parseConfig(SavedEvaluation, evaluation, 'evaluation.json', RESTORE);
}

/** What to do about a file of a run that is not what voxmim wrote. */
export const RESTORE = 'Restore the file, or remove it to report from the rest of the run.';

/** Parses a file's text. @throws `INVALID_FILE` naming the file */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${path} is not JSON: ${String(error)}`,
      RESTORE,
      { path },
      { cause: error },
    );
  }
}
