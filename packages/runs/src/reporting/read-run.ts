import {
  isVoxmimError,
  parseConfig,
  VoxmimError,
  type Registries,
  type TaskReport,
} from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { readJsonlLog, type JsonlLine } from '@voxmim/training/node';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { readSplit, splitLists, type SavedSplit } from './saved-split.js';

import { parseJson, readJsonIfThere, RESTORE } from '../judging/saved-evaluation.js';
import { loadNamedPlugins } from '../plugins/load-plugins.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { runEntry } from '../run/run-folder.js';
import { readRecord, type RunRecord } from '../run/run-record.js';
import {
  emptyReport,
  ReportContent,
  type PictureExample,
  curvesOf,
  evaluationsOf,
  runFacts,
  notesByWeight,
  allWithoutPlaces,
} from '@voxmim/report';
import { dataFacts } from './data-facts.js';
import { readReconstructions, readSegmentations } from './run-pictures.js';
import { reportFiles } from './write-report.js';

/**
 * What the run in a folder has to tell: its `report.json` where there is one, else what its own files
 * say, which also works after an interruption. A data set that is gone costs the pictures of
 * segmentations, and a warning says so; so do plugins that `registries` does not allow.
 *
 * @throws `NOT_FOUND` when the folder holds no run; `INVALID_FILE` when a file of it is damaged
 */
export async function readRun(
  folder: string,
  registries: Registries = createRunRegistries(),
): Promise<ReportContent> {
  const path = reportFiles(folder).content;
  const saved = await readIfThere(path);
  if (saved !== undefined) return parseConfig(ReportContent, parseJson(saved, path), path, RESTORE);
  const config = await readIfThere(runEntry(folder, 'config'));
  if (config === undefined) throw noRun(folder);
  const record = await readRecord(folder);
  const lines = await readJsonlLog(runEntry(folder, 'metrics'));
  const split = await readSplit(folder);
  const found = await findings(folder, config, { lines, split, record }, registries);
  const pictures = await segmentationsOf(folder, registries);
  const { warnings, notes } = notesByWeight(record?.notes ?? []);
  const name = basename(resolve(folder));
  const content = {
    ...emptyReport,
    ...found.content,
    title: `${found.title}: ${name}`,
    warnings: [
      ...stateWarnings(record),
      ...found.content.warnings,
      ...warnings,
      ...pictures.warnings,
    ],
    notes,
    segmentations: pictures.examples,
    reconstructions: await readReconstructions(folder),
    curves: curvesOf(lines),
    facts: [...(record ? runFacts(record) : []), ...dataFacts(config)],
    splits: split ? splitLists(split) : [],
    configs: [{ name, text: config }],
  };
  return ReportContent.parse(allWithoutPlaces(content, dataRoots(config)));
}

/** Where the data of a run lie, as its config says. */
function dataRoots(config: string): string[] {
  const found = z
    .looseObject({ data: z.looseObject({ path: z.string() }) })
    .safeParse(parse(config));
  return found.success ? [found.data.data.path] : [];
}

const Named = z.looseObject({
  task: z.string().optional(),
  plugins: z.array(z.string()).default([]),
});

/** What a run's task makes of what the run has left. */
interface Findings {
  readonly title: string;
  readonly content: Omit<TaskReport, 'more'>;
}

/** Asks the task of a run for its news; where it is not known here, a warning says so. */
async function findings(
  folder: string,
  config: string,
  {
    lines,
    split,
    record,
  }: {
    readonly lines: readonly JsonlLine[];
    readonly split: SavedSplit | undefined;
    readonly record: RunRecord | undefined;
  },
  registries: Registries,
): Promise<Findings> {
  const evaluation = await readJsonIfThere(runEntry(folder, 'evaluation'));
  const measured = evaluationsOf(lines).at(-1)?.metrics ?? {};
  const metrics = Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [name, value ?? NaN]),
  );
  try {
    const named = parseConfig(Named, parse(config), runEntry(folder, 'config'));
    await loadNamedPlugins(registries, named.plugins, folder);
    const task = registries.tasks.get(named.task ?? record?.task ?? 'unknown');
    const { more, ...report } = task.report({ evaluation, metrics, split });
    return { title: task.title, content: { ...report, ...more } };
  } catch (error) {
    if (!isVoxmimError(error, 'PLUGIN_NOT_ALLOWED', 'UNKNOWN_COMPONENT', 'NOT_FOUND')) throw error;
    const warning = `What its task found is not shown: ${error.message}`;
    return { title: 'Run', content: { conclusion: '', warnings: [warning], highlights: [] } };
  }
}

async function segmentationsOf(
  folder: string,
  registries: Registries,
): Promise<{ examples: readonly PictureExample[]; warnings: readonly string[] }> {
  try {
    const examples = await readSegmentations([{ name: 'Prediction', folder }], registries);
    return { examples, warnings: [] };
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    return { examples: [], warnings: [`No pictures of segmentations: ${error.message}`] };
  }
}

/** What is wrong with the run itself outweighs whatever it found. */
function stateWarnings(record: RunRecord | undefined): string[] {
  if (!record) return ['The run has no record: it stopped before it began.'];
  const { status } = record;
  return status === 'completed' ? [] : [`The run is ${status}: what follows is not final.`];
}

function noRun(folder: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${folder} holds no run.`,
    'Give the output folder of a voxmim run.',
    { path: folder },
  );
}
