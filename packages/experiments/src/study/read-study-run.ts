import { VoxmimError } from '@voxmim/core';
import type { CaseMetrics } from '@voxmim/evaluation';
import { readJsonlLog } from '@voxmim/training/node';
import { z } from 'zod';

import { readYaml } from '../config/read-yaml.js';
import { pathExists, runEntry } from '../run/run-folder.js';
import type { StudyRun } from './comparison.js';

/** Numbers that do not exist (a distance to nothing) are null in JSON. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const SavedMetrics = z.object({
  name: z.string(),
  predictedVoxels: z.number(),
  truthVoxels: z.number(),
  dice: number,
  iou: number,
  hd: number,
  hd95: number,
  assd: number,
  nsd: number,
  volumeDifferenceMl: number,
  relativeVolumeDifference: number,
});

const SavedEvaluation = z.object({
  classes: z.array(z.string()),
  cases: z.array(z.object({ id: z.string(), classes: z.array(SavedMetrics) })),
});

/** The cases of a stored evaluation; undefined where a run has none yet. */
export async function readEvaluation(
  root: string,
): Promise<{ classes: string[]; cases: CaseMetrics[] } | undefined> {
  const path = runEntry(root, 'evaluation');
  if (!(await pathExists(path))) return undefined;
  const parsed = SavedEvaluation.safeParse(await readYaml(path));
  if (parsed.success) return parsed.data;
  throw new VoxmimError(
    'INVALID_FILE',
    `${path} is not an evaluation: ${parsed.error.message}`,
    'Run the fine-tuning again with --force.',
    { path },
    { cause: parsed.error },
  );
}

/** The validation scores of a run, from its metrics. */
export async function readCurve(root: string): Promise<StudyRun['curve']> {
  const Line = z.object({ step: z.number(), score: z.number() });
  const lines = await readJsonlLog(runEntry(root, 'metrics'));
  return lines.flatMap((line) => {
    const parsed = line.event === 'evaluation' ? Line.safeParse(line) : undefined;
    return parsed?.success ? [parsed.data] : [];
  });
}
