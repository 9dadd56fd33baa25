import { readJsonlLog } from '@voxmim/training/node';
import * as z from 'zod';

import { runEntry } from '../run/run-folder.js';
import type { StudyRun } from './comparison.js';

const Line = z.object({ step: z.number(), score: z.number() });

/** The validation scores of a run, from its metrics. */
export async function readCurve(root: string): Promise<StudyRun['curve']> {
  const lines = await readJsonlLog(runEntry(root, 'metrics'));
  return lines.flatMap((line) => {
    const parsed = line.event === 'evaluation' ? Line.safeParse(line) : undefined;
    return parsed?.success ? [parsed.data] : [];
  });
}
