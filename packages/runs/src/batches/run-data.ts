import {
  VoxmimError,
  VolumeReaders,
  type CaseReading,
  type RunMonitor,
  type SamplesWanted,
  type TaskData,
  type TaskSource,
} from '@voxmim/core';
import {
  CaseStore,
  defaultWorkers,
  limitNotes,
  openDataset,
  openSamples,
  readTableRows,
  type CaseRecipe,
  type Dataset,
  type SampleSource,
} from '@voxmim/datasets/node';
import type { RunFields } from '@voxmim/presets';
import { AugmentationConfig } from '@voxmim/volumes';
import { resolve } from 'node:path';

import { readableIds } from './readable-ids.js';
import { splitCases } from './split.js';
import { splitCasesOf, tornSubject } from './subjects.js';

/** The volumes of a run. */
export interface RunData extends TaskData {
  readonly dataset: Dataset;
  readonly store: CaseStore;
}

/** The fields of a run config that say which volumes it sees. */
export type DataFields = Pick<RunFields, 'data' | 'inChannels' | 'crop' | 'seed'>;

/** How {@link openRunData} goes about it. */
export interface OpenRunOptions {
  readonly monitor?: RunMonitor | undefined;
  /** The split of the run to go on with, in place of the config's. */
  readonly splitFile?: string | undefined;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders | undefined;
  /** What is read of each case; by default images that are padded to the crop. */
  readonly read?: (source: TaskSource) => Promise<CaseReading>;
}

/**
 * Opens the data set of a run and divides it.
 *
 * @throws `NOT_FOUND`, `INVALID_DATA`, `INVALID_FILE`
 */
export async function openRunData(
  fields: DataFields,
  { monitor, splitFile, readers = new VolumeReaders(), read }: OpenRunOptions = {},
): Promise<RunData> {
  const { data, crop } = fields;
  const note = monitor?.note;
  const dataset = await openDataset(data.path, data.layout, readers);
  for (const problem of dataset.problems) note?.(`${dataset.name}: ${problem}`);
  const readTable = (path: string) => readTableRows(resolve(path));
  const reading = (await read?.({ dataset, readTable })) ?? { classes: [], leastShape: crop };
  const cases = splitCasesOf(dataset, data.split.group, reading.strata);
  const file = splitFile ?? data.split.file;
  const config = { ...data.split, ...(file !== undefined && { file }) };
  const split = await splitCases(cases, config, dataset.root);
  const torn = tornSubject(split, cases);
  if (torn !== undefined) note?.(torn);
  const workers = data.workers ?? defaultWorkers();
  const store = new CaseStore(dataset, {
    recipe: recipeOf(fields, reading),
    cache: data.cache,
    memoryMiB: data.cacheMiB / (workers + 1),
    readers,
    ...(note && { onNote: limitNotes(note) }),
  });
  const subjects = new Map(
    cases.flatMap(({ id, subject }) => (subject === undefined ? [] : [[id, subject] as const])),
  );
  return {
    ...{ dataset, split, subjects, store, classes: reading.classes },
    volumes: (id) => store.volumes(id),
    prepare: (id) => store.prepare(id),
    readable: (ids) => readableIds(store, ids, data.onError, note),
    openSamples: (wanted) => samplesOf(store, fields, wanted, workers),
    readTable,
  };
}

/** What is done to each case. */
function recipeOf(
  { data, inChannels }: DataFields,
  { classes, leastShape }: CaseReading,
): CaseRecipe {
  const { preprocessing, dicom } = data;
  const recipe = { preprocessing, dicom, inChannels, leastShape };
  return classes.length > 0 ? { ...recipe, numClasses: classes.length } : recipe;
}

/** Samples of a run's cases; labels that it does not train on come of a store of their own. */
function samplesOf(
  store: CaseStore,
  { data, crop, seed }: DataFields,
  { ids, augmentation, balance = null, labelClasses }: SamplesWanted,
  workers: number,
): SampleSource {
  const transforms = AugmentationConfig.parse(augmentation);
  const options = { seed, crop, balance, ids, augmentation: transforms };
  if (labelClasses === undefined) {
    return openSamples(store, { ...options, onError: data.onError }, workers);
  }
  const { recipe, ...others } = store.options;
  const labeled = { ...others, recipe: { ...recipe, numClasses: labelClasses } };
  return openSamples(new CaseStore(store.dataset, labeled), { ...options, onError: 'stop' }, 0);
}

/**
 * The ids among `ids` that have a label map.
 *
 * @throws `INVALID_DATA` when none has
 */
export function labeledIds(
  { dataset }: Pick<TaskData, 'dataset'>,
  ids: readonly string[],
  what: string,
): string[] {
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
