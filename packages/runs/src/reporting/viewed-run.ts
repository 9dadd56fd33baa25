import { parseConfig, type Registries } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { DatasetLayoutConfig } from '@voxmim/datasets';
import { type DatasetCase, openDataset } from '@voxmim/datasets/node';
import { caseMeans } from '@voxmim/evaluation';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { curvesOf, type CurveChart } from '@voxmim/report';
import { readJsonlLog } from '@voxmim/training/node';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';

import { readEvaluation } from '../judging/saved-evaluation.js';
import { loadNamedPlugins } from '../plugins/load-plugins.js';
import { readConfig, runEntry } from '../run/run-folder.js';
import { readRecord } from '../run/run-record.js';
import { readSplit } from './saved-split.js';

/** A case of a run, to be looked at. */
export interface ViewedCase {
  readonly entry: DatasetCase;
  /** The file of the run's prediction, where it has one. */
  readonly prediction?: string;
  /** Mean Dice over the classes, where the run was judged. */
  readonly dice?: number;
}

/** How far a run is. */
export interface RunProgress {
  /** `running`, `completed`, … ; undefined where the run has no record. */
  readonly status: string | undefined;
  readonly curves: readonly CurveChart[];
}

/** A run, to be looked at. */
export interface ViewedRun {
  readonly name: string;
  readonly task: string;
  /** Whether its model does something with a volume: segments it, or fills in what a mask hides. */
  readonly hasModel: boolean;
  /** Class names, background first; empty where there are none. */
  readonly classes: readonly string[];
  /** The test cases, or those of validation where there are none. */
  readonly cases: readonly ViewedCase[];
}

const Saved = z.looseObject({
  task: z.string(),
  masking: z.unknown().optional(),
  data: z.looseObject({
    path: z.string(),
    layout: DatasetLayoutConfig.prefault({ kind: 'auto' }),
    classes: z.array(z.string()).default([]),
  }),
  plugins: z.array(z.string()).default([]),
});

/** Whether a folder holds a run. */
export async function holdsRun(folder: string): Promise<boolean> {
  return (await readIfThere(runEntry(folder, 'config')).catch(() => undefined)) !== undefined;
}

/** How far the run in a folder is: quick enough to be asked again and again. */
export async function readProgress(folder: string): Promise<RunProgress> {
  const record = await readRecord(folder);
  return {
    status: record?.status,
    curves: curvesOf(await readJsonlLog(runEntry(folder, 'metrics'))),
  };
}

/**
 * The cases of the run in a folder, with what it predicted and how well.
 *
 * @param registries with the readers of files, or a consent to the plugins that the run names
 * @throws `NOT_FOUND`, `INVALID_FILE`, `PLUGIN_NOT_ALLOWED`; what opening the data set throws
 */
export async function readViewedRun(
  folder: string,
  registries: Registries = createRunRegistries(),
): Promise<ViewedRun> {
  const { task, data, plugins, masking } = parseConfig(
    Saved,
    await readConfig(folder),
    runEntry(folder, 'config'),
  );
  await loadNamedPlugins(registries, plugins, folder);
  const { cases } = await openDataset(data.path, data.layout, registries.readers);
  const split = await readSplit(folder);
  const scores = await diceOf(folder);
  const predicted = new Set<string>(await readdir(runEntry(folder, 'predictions')).catch(() => []));
  const shown = new Set(split?.test.length ? split.test : split?.validation);
  return {
    name: basename(resolve(folder)),
    task,
    hasModel: task === 'finetune' || (masking ?? null) !== null,
    classes: data.classes,
    cases: cases
      .filter(({ id }) => shown.has(id))
      .map((entry) => viewedCase(entry, folder, predicted, scores)),
  };
}

function viewedCase(
  entry: DatasetCase,
  folder: string,
  predicted: ReadonlySet<string>,
  scores: ReadonlyMap<string, number>,
): ViewedCase {
  const file = `${entry.id}.nii.gz`;
  const dice = scores.get(entry.id);
  return {
    entry,
    ...(predicted.has(file) && { prediction: join(runEntry(folder, 'predictions'), file) }),
    ...(dice !== undefined && { dice }),
  };
}

async function diceOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const evaluation = await readEvaluation(folder);
  if (!evaluation) return new Map();
  const means = caseMeans(evaluation.cases, 'dice', evaluation.summary.policy);
  return new Map(
    evaluation.cases.flatMap(({ id }, index) => {
      const mean = means[index];
      return mean === undefined || Number.isNaN(mean) ? [] : [[id, mean] as const];
    }),
  );
}
