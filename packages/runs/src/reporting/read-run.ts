import { isVoxmimError, parseConfig, VoxmimError, type Registries } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { readJsonlLog, type JsonlLine } from '@voxmim/training/node';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { readSplit, splitLists, type SavedSplit } from './saved-split.js';

import { createRegistries } from '@voxmim/presets';
import {
  parseJson,
  readEvaluation,
  RESTORE,
  type SavedEvaluation,
} from '../judging/saved-evaluation.js';
import { runEntry } from '../run/run-folder.js';
import { readRecord, type RunRecord } from '../run/run-record.js';
import {
  casePlotOf,
  caseTableOf,
  concludeFinetuning,
  evaluationHighlights,
  evaluationWarnings,
  concludePretraining,
  pretrainingHighlights,
  pretrainingWarnings,
  type PretrainingFindings,
  emptyReport,
  ReportContent,
  type PictureExample,
  curvesOf,
  evaluationsOf,
  runFacts,
  notesByWeight,
  scoreTableOf,
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
  registries: Registries = createRegistries(),
): Promise<ReportContent> {
  const path = reportFiles(folder).content;
  const saved = await readIfThere(path);
  if (saved !== undefined) return parseConfig(ReportContent, parseJson(saved, path), path, RESTORE);
  const config = await readIfThere(runEntry(folder, 'config'));
  if (config === undefined) throw noRun(folder);
  const record = await readRecord(folder);
  const lines = await readJsonlLog(runEntry(folder, 'metrics'));
  const split = await readSplit(folder);
  const found = findings(lines, split, await readEvaluation(folder));
  const pictures = await segmentationsOf(folder, registries);
  const { warnings, notes } = notesByWeight(record?.notes ?? []);
  const name = basename(resolve(folder));
  const content: ReportContent = {
    ...emptyReport,
    ...found,
    title: record ? `${TITLES[record.task] ?? record.task}: ${name}` : name,
    warnings: [...stateWarnings(record), ...found.warnings, ...warnings, ...pictures.warnings],
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

const TITLES: Readonly<Record<string, string>> = {
  pretrain: 'Pretraining',
  finetune: 'Fine-tuning',
};

type Findings = Pick<
  ReportContent,
  'conclusion' | 'warnings' | 'highlights' | 'tables' | 'casePlots' | 'caseTables' | 'classes'
>;

/** The news of a run: from its evaluation where it has one, else from what it measured last. */
function findings(
  lines: readonly JsonlLine[],
  split: SavedSplit | undefined,
  evaluation: SavedEvaluation | undefined,
): Findings {
  if (evaluation) return evaluated(evaluation);
  const metrics = evaluationsOf(lines).at(-1)?.metrics ?? {};
  const measured: PretrainingFindings = {
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, value ?? NaN]),
    ),
    heldOut: (split?.validation.length ?? 0) > 0,
  };
  return {
    ...emptyReport,
    conclusion: concludePretraining(measured),
    warnings: pretrainingWarnings(measured),
    highlights: pretrainingHighlights(measured),
  };
}

function evaluated(evaluation: SavedEvaluation): Findings {
  const { summary, cases, classes } = evaluation;
  return {
    conclusion: concludeFinetuning(evaluation),
    warnings: evaluationWarnings(evaluation),
    highlights: evaluationHighlights(evaluation),
    tables: [scoreTableOf('Test cases', [{ name: 'model', summary }], classes)],
    casePlots: [casePlotOf(cases, summary.policy)],
    caseTables: [caseTableOf(cases, summary.policy)],
    classes: classes.slice(1),
  };
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
