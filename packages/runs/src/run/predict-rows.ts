import { VoxmimError, type PredictedRow, type Registries } from '@voxmim/core';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import type { DatasetLayoutConfig } from '@voxmim/datasets';
import { filesOf } from '@voxmim/datasets/node';
import { csvOf } from '@voxmim/evaluation';
import { join } from 'node:path';

import { loadTask } from '../tasks/load-task.js';
import { predictCases } from './predict-cases.js';
import { prepareCases } from './prepare-cases.js';
import type { RunOptions } from './run-options.js';
import { backendOf } from './start-run.js';

/** What {@link predictRows} is given. */
export interface PredictRowsOptions extends Pick<RunOptions, 'monitor' | 'signal' | 'backend'> {
  readonly registries: Registries;
  /** A run, or one of its checkpoints. */
  readonly run: string;
  /** A volume, a folder of them, a data set, or a list of files. */
  readonly input: string;
  readonly layout?: DatasetLayoutConfig;
  /** The folder of `predictions.csv` and `predictions.json`. */
  readonly out: string;
  /** Whether they are replaced where they are there. Default false. */
  readonly force?: boolean;
}

/** What was written. */
export interface PredictRowsResult {
  readonly checkpoint: string;
  readonly csv: string;
  readonly json: string;
  readonly rows: readonly (PredictedRow & { readonly id: string })[];
  /** Whether every case was done; not so when the signal fired. */
  readonly complete: boolean;
}

/**
 * Writes what a trained task says of each volume as a table, where it predicts rows.
 *
 * @throws `FILE_EXISTS` before anything is computed; `UNSUPPORTED_CAPABILITY` for a task that predicts none;
 *   `NOT_FOUND`, `INVALID_FILE`, `INVALID_DATA`, `CHECKPOINT_MISMATCH`, `WRITE_FAILED`
 */
export async function predictRows(options: PredictRowsOptions): Promise<PredictRowsResult> {
  const { run, input, layout, out, force = false, registries, monitor, signal } = options;
  const { readers } = registries;
  await backendOf({}, options);
  const { task, fields, path: checkpoint } = await loadTask(run, registries);
  try {
    const { inChannels } = fields;
    const { cases, modality } = await predictCases({ input, layout, readers, inChannels, monitor });
    const [csv, json] = [join(out, 'predictions.csv'), join(out, 'predictions.json')];
    await checkOutputs([csv, json], { reads: filesOf(cases), force });
    const rows: (PredictedRow & { id: string })[] = [];
    const prepared = { fields, readers, modality, monitor, signal, stage: 'predicting' };
    for await (const { id, image } of prepareCases(cases, prepared)) {
      if (!task.predictRow) throw noRows(fields.task);
      rows.push({ id, ...(await task.predictRow(image)) });
    }
    await writeFileWhole(csv, csvOf(rows), { ownerOnly: true });
    const text = `${JSON.stringify({ checkpoint, cases: rows }, null, 2)}\n`;
    await writeFileWhole(json, text, { ownerOnly: true });
    return { checkpoint, csv, json, rows, complete: rows.length === cases.length };
  } finally {
    task.dispose();
  }
}

function noRows(task: string): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `The task "${task}" predicts no rows.`,
    'Give the run of another task, such as classify.',
    { component: task, capability: 'predictions as rows' },
  );
}
