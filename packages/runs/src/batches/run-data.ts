import { VoxmimError, zipAxes, type RunMonitor, type Shape3, VolumeReaders } from '@voxmim/core';
import type { RegionsConfig } from '@voxmim/volumes';
import {
  CaseStore,
  defaultWorkers,
  limitNotes,
  openDataset,
  openSamples,
  type CaseRecipe,
  type Dataset,
  type SampleOptions,
  type SampleSource,
} from '@voxmim/datasets/node';

import type { DataConfig, Split } from '@voxmim/presets';
import { checkRegions } from './check-regions.js';
import { cropBalanceOf, type CropFields } from './crop-balance.js';
import { splitCases } from './split.js';
import { splitCasesOf, tornSubject } from './subjects.js';

/** The volumes of a run. */
export interface RunData {
  readonly dataset: Dataset;
  /** Class names, background first; empty in pretraining, which does not need them. */
  readonly classes: readonly string[];
  readonly split: Split;
  /** Whose scan a case is, by id, where anything tells. */
  readonly subjects: ReadonlyMap<string, string>;
  /** How often crops of training are centered on what; null: they lie anywhere. */
  readonly balance: SampleOptions['balance'];
  readonly store: CaseStore;
  /** Opens a source of crops for training; who opens it closes it. */
  readonly openSamples: (options: Omit<SampleOptions, 'onError'>) => SampleSource;
}

/** The fields of a run config that say which volumes it sees. */
export interface DataFields extends CropFields {
  readonly task: 'pretrain' | 'finetune';
  readonly data: DataConfig;
  readonly inChannels: number;
  readonly crop: Shape3;
  /** Voxels per axis that a pretraining's volumes are at least larger than a crop. */
  readonly room?: Shape3;
  /** What a fine-tuning learns in place of the classes. */
  readonly regions?: RegionsConfig | null;
}

/** How {@link openRunData} goes about it. */
export interface OpenRunOptions {
  readonly monitor?: RunMonitor | undefined;
  /** The split of the run to go on with, in place of the config's. */
  readonly splitFile?: string | undefined;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders | undefined;
}

/**
 * Opens the data set of a run and divides it. The samples of a pretraining have no labels.
 *
 * @throws `NOT_FOUND`, `INVALID_DATA`, `INVALID_FILE`
 */
export async function openRunData(
  fields: DataFields,
  { monitor, splitFile, readers = new VolumeReaders() }: OpenRunOptions = {},
): Promise<RunData> {
  const { task, data, regions } = fields;
  const note = monitor?.note;
  const dataset = await openDataset(data.path, data.layout, readers);
  for (const problem of dataset.problems) note?.(`${dataset.name}: ${problem}`);
  const classes = task === 'finetune' ? classesOf(dataset, data) : [];
  if (regions) checkRegions(regions, classes);
  const balance = cropBalanceOf(fields, classes);
  const cases = splitCasesOf(dataset.cases, data.split.group, dataset.root);
  const file = splitFile ?? data.split.file;
  const config = { ...data.split, ...(file !== undefined && { file }) };
  const split = await splitCases(cases, config, dataset.root);
  const torn = tornSubject(split, cases);
  if (torn !== undefined) note?.(torn);
  const workers = data.workers ?? defaultWorkers();
  const store = new CaseStore(dataset, {
    recipe: recipeOf(fields, classes),
    cache: data.cache,
    memoryMiB: data.cacheMiB / (workers + 1),
    readers,
    ...(note && { onNote: limitNotes(note) }),
  });
  const open = (options: Omit<SampleOptions, 'onError'>) =>
    openSamples(store, { ...options, onError: data.onError }, workers);
  const subjects = new Map(
    cases.flatMap(({ id, subject }) => (subject === undefined ? [] : [[id, subject] as const])),
  );
  return { dataset, classes, split, subjects, balance, store, openSamples: open };
}

/** What is done to each case. */
function recipeOf(
  { data, inChannels, crop, room = [0, 0, 0] }: DataFields,
  classes: readonly string[],
): CaseRecipe {
  const { preprocessing, dicom } = data;
  const leastShape = zipAxes(crop, room, (extent, more) => extent + more);
  const recipe = { preprocessing, dicom, inChannels, leastShape };
  return classes.length > 0 ? { ...recipe, numClasses: classes.length } : recipe;
}

function classesOf({ classes, root }: Dataset, data: DataConfig): readonly string[] {
  const names = data.classes ?? classes;
  if (names.length > 1) return names;
  throw new VoxmimError(
    'INVALID_DATA',
    `Nothing in ${root} tells the classes of its label maps.`,
    'Name them under data.classes, background first, or add a dataset.json with "labels".',
    { path: root, reason: 'classes unknown' },
  );
}

/**
 * The ids among `ids` that have a label map.
 *
 * @throws `INVALID_DATA` when none has
 */
export function labeledIds({ dataset }: RunData, ids: readonly string[], what: string): string[] {
  const labeled = new Set(dataset.cases.flatMap(({ id, label }) => (label ? [id] : [])));
  const kept = ids.filter((id) => labeled.has(id));
  if (kept.length > 0) return kept;
  throw new VoxmimError(
    'INVALID_DATA',
    `${dataset.root}: none of the ${ids.length} ${what} cases has a label map.`,
    'Add the label maps (labelsTr), or pretrain, which needs none.',
    { path: dataset.root, reason: `no labels for ${what}` },
  );
}
