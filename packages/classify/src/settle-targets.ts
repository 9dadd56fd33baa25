import {
  createRandom,
  permutation,
  VoxmimError,
  type RunMonitor,
  type Settled,
  type TaskData,
} from '@voxmim/core';

import { targetOf } from './batches.js';
import { learnsClasses, type ClassifyConfig } from './config.js';
import { classesIn, readTargets, valueTargets } from './read-targets.js';

/** Parts that values are sorted into, for a split that shares them out evenly. */
const PARTS = 4;

/**
 * What the data add to the config of a classification: the names of its classes, or center and scale of its values;
 * and the training cases whose targets are used.
 *
 * @throws `INVALID_DATA` where the training cases have no targets, or all the same class
 */
export async function settleTargets(
  config: ClassifyConfig,
  data: TaskData,
  monitor: RunMonitor,
): Promise<Settled<ClassifyConfig>> {
  const targets = await readTargets(config.target, data);
  const pool = data.split.train.filter((id) => targets.has(id));
  const labeled = nestedSubset(pool, config.labels);
  const left = data.split.train.length - pool.length;
  if (left > 0) monitor.note?.(`${left} training cases have no target and are left out.`);
  const judged = [...data.split.validation, ...data.split.test].find((id) => !targets.has(id));
  if (judged !== undefined) throw unjudged(judged, data.dataset.root);
  if (labeled.length === 0)
    throw nothingToLearn(data.dataset.root, 'no training case has a target');
  if (!learnsClasses(config)) return { config: scaled(config, targets, labeled), labeled };
  const classes = config.target.classes ?? classesIn(targets);
  const seen = new Set(labeled.map((id) => targets.get(id)));
  if (seen.size < 2) throw nothingToLearn(data.dataset.root, 'all training cases are of one class');
  const target = { ...config.target, classes };
  return { config: { ...config, target }, labeled };
}

function scaled(
  config: ClassifyConfig,
  targets: ReadonlyMap<string, string>,
  labeled: readonly string[],
): ClassifyConfig {
  const numbers = valueTargets(targets);
  const values = labeled.map((id) => targetOf(numbers, id));
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
  const scale = variance > 0 ? Math.sqrt(variance) : 1;
  return { ...config, target: { ...config.target, center, scale } };
}

/** Values by which quarter of them they are in: cases of a part are alike. */
export function strataOf(values: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  const order = [...values].sort(([, a], [, b]) => a - b);
  return new Map(
    order.map(([id], at) => [id, String(Math.floor((at * PARTS) / Math.max(1, order.length)))]),
  );
}

/** The first of a seeded order of ids: smaller sets lie inside larger ones. */
function nestedSubset(
  ids: readonly string[],
  { use, seed }: ClassifyConfig['labels'],
): readonly string[] {
  if (use === 'all') return ids;
  const sorted = [...ids].sort();
  const order = [...permutation(sorted.length, createRandom(seed, 'labels'))];
  const count = use < 1 ? Math.max(1, Math.round(use * ids.length)) : Math.min(use, ids.length);
  return order.slice(0, count).flatMap((at) => sorted[at] ?? []);
}

function nothingToLearn(path: string, reason: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${path}: ${reason}.`,
    'Check target.column and target.file, or the split.',
    { path, reason },
  );
}

function unjudged(id: string, path: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `Case ${id} is to judge, and nothing tells its target.`,
    'Give it a target, or leave it out of data.split.',
    { path, reason: 'judging case without target' },
  );
}
