import { isVoxmimError, VoxmimError, type DatasetCase, type TaskSource } from '@voxmim/core';

import type { TargetConfig } from './config.js';

/** Columns that name cases or subjects, where the config does not say which. */
const ID_COLUMNS = ['id', 'case', 'participant_id', 'subject'] as const;

/** What stands for "not known" in tables. */
const MISSING = new Set(['', 'n/a', 'N/A', 'NA', 'NaN', 'nan']);

type Row = Readonly<Record<string, string>>;

/**
 * What is to be learned of each case, as it is written; cases without are left out.
 *
 * @throws `INVALID_DATA` where nothing tells it; `INVALID_FILE` for a table that cannot be read
 */
export async function readTargets(
  target: TargetConfig,
  source: TaskSource,
): Promise<ReadonlyMap<string, string>> {
  const { cases, root } = source.dataset;
  const { column, file } = target;
  if (file !== undefined) return fromTable(target, file, cases, await source.readTable(file));
  const listed = targetsOf(cases, ({ columns }) => columns?.[column]);
  if (listed.size > 0) return listed;
  const participants = `${root}/participants.tsv`;
  try {
    return fromTable(target, participants, cases, await source.readTable(participants));
  } catch (error) {
    if (!isVoxmimError(error, 'INVALID_FILE')) throw error;
    throw noTargets(`${root}: no case has anything in a column "${column}"`, root, error);
  }
}

function fromTable(
  { column, id }: TargetConfig,
  file: string,
  cases: readonly DatasetCase[],
  rows: readonly Row[],
): ReadonlyMap<string, string> {
  const columns = Object.keys(rows[0] ?? {});
  const key = id ?? ID_COLUMNS.find((name) => columns.includes(name));
  if (key === undefined || !columns.includes(key) || !columns.includes(column)) {
    const known = columns.join(', ') || 'none';
    throw noTargets(`${file} has no columns "${key ?? 'id'}" and "${column}", only ${known}`, file);
  }
  const byKey = new Map(rows.map((row) => [row[key], row[column]]));
  const found = targetsOf(cases, (entry) => byKey.get(entry.id) ?? byKey.get(entry.subject));
  if (found.size > 0) return found;
  throw noTargets(`${file} names no case of the data set in its column "${key}"`, file);
}

function targetsOf(
  cases: readonly DatasetCase[],
  of: (entry: DatasetCase) => string | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    cases.flatMap((entry) => {
      const value = of(entry)?.trim();
      return value === undefined || MISSING.has(value) ? [] : [[entry.id, value] as const];
    }),
  );
}

function noTargets(problem: string, path: string, cause?: unknown): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${problem}: nothing tells what is to be learned of each case.`,
    'Name the table by target.file and its columns by target.id and target.column.',
    { path, reason: 'no targets' },
    { cause },
  );
}

/** The different values, numbers in their order, else letters. */
export function classesIn(targets: ReadonlyMap<string, string>): string[] {
  const values = [...new Set(targets.values())];
  const areNumbers = values.every((value) => Number.isFinite(Number(value)));
  return areNumbers ? values.sort((a, b) => Number(a) - Number(b)) : values.sort();
}

/** Targets as numbers: the places of their classes. @throws `INVALID_DATA` naming a case of another class */
export function classTargets(
  targets: ReadonlyMap<string, string>,
  classes: readonly string[],
): ReadonlyMap<string, number> {
  return numbered(targets, (value) => classes.indexOf(value), `is none of ${classes.join(', ')}`);
}

/** Targets as numbers. @throws `INVALID_DATA` naming a case whose target is none */
export function valueTargets(targets: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const of = (value: string) => (Number.isFinite(Number(value)) ? Number(value) : -1);
  return numbered(
    targets,
    (value) => (Number.isFinite(Number(value)) ? 0 : -1),
    'is no number',
    of,
  );
}

function numbered(
  targets: ReadonlyMap<string, string>,
  placeOf: (value: string) => number,
  fault: string,
  of = placeOf,
): ReadonlyMap<string, number> {
  const odd = [...targets].find(([, value]) => placeOf(value) < 0);
  if (!odd) return new Map([...targets].map(([id, value]) => [id, of(value)]));
  throw new VoxmimError(
    'INVALID_DATA',
    `The target "${odd[1]}" of case ${odd[0]} ${fault}.`,
    'Correct the table, or target.classes, or choose another loss (l1, l2, huber: values).',
    { path: odd[0], reason: 'odd target' },
  );
}
