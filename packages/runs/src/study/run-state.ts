import { readIfThere } from '@voxmim/core/node';
import * as z from 'zod';

import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import { parseJson } from '../judging/saved-evaluation.js';
import { holdsRun, pathExists, readConfig, runEntry } from '../run/run-folder.js';
import { changedFields } from '../run/same-config.js';

const SavedState = z.looseObject({ status: z.string(), steps: z.number().default(0) });
const SavedData = z.looseObject({ classes: z.array(z.string()) });

/**
 * Whether the run in a folder was run to its end with this config, so that nothing is left to do. A
 * run with another config is not complete; whoever resumes it is told what differs.
 */
export async function isComplete(
  root: string,
  config: PretrainConfig | FinetuneConfig,
): Promise<boolean> {
  const state = await readState(root);
  if (state?.status !== 'completed' || state.steps < config.steps) return false;
  const isJudged = 'judge' in config && config.judge;
  if (isJudged && !(await pathExists(runEntry(root, 'evaluation')))) return false;
  const saved = await readConfig(root);
  // A study that was moved finds its pretraining elsewhere.
  return changedFields(withClassesOf(saved, config), saved, ['from.checkpoint']).length === 0;
}

/** How far a run is said to be; undefined where there is none, or it has no record. */
export async function readState(root: string): Promise<z.infer<typeof SavedState> | undefined> {
  if (!(await holdsRun(root))) return undefined;
  const path = runEntry(root, 'record');
  const text = await readIfThere(path);
  return text === undefined ? undefined : SavedState.safeParse(parseJson(text, path)).data;
}

/** A run that starts writes the names of the classes into its config. */
function withClassesOf(
  saved: Readonly<Record<string, unknown>>,
  config: PretrainConfig | FinetuneConfig,
): Readonly<Record<string, unknown>> {
  const data = SavedData.safeParse(saved['data']).data;
  if (config.data.classes || !data) return config;
  return { ...config, data: { ...config.data, classes: data.classes } };
}
