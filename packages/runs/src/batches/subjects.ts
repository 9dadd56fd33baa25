import { VoxmimError, type DatasetCase, type TaskDataset } from '@voxmim/core';

import type { Split, SplitConfig } from '@voxmim/presets';
import type { SplitCase } from './split.js';

/**
 * What a split must know of the cases of a data set. Whose a case is tells `group`, else the data set.
 *
 * @param group a pattern over ids, whose first group (or whole match) is the subject, or a column of the list
 * @param strata by case what it is like, where that is no label map
 * @throws `INVALID_DATA` naming a case that the pattern does not fit, or that has nothing in the column
 */
export function splitCasesOf(
  { cases, root }: Pick<TaskDataset, 'cases' | 'root'>,
  group: SplitConfig['group'],
  strata?: ReadonlyMap<string, string>,
): SplitCase[] {
  return cases.map((entry) => {
    const subject = group === undefined ? entry.subject : groupOf(entry, group, root);
    const { id, label } = entry;
    const stratum = strata?.get(id);
    return {
      id,
      hasLabel: strata ? stratum !== undefined : label !== undefined,
      ...(subject !== undefined && { subject }),
      ...(stratum !== undefined && { stratum }),
    };
  });
}

function groupOf(
  { id, columns = {} }: DatasetCase,
  group: NonNullable<SplitConfig['group']>,
  origin: string,
): string {
  if (typeof group !== 'string') {
    const value = columns[group.column];
    if (value !== undefined) return value;
    const known = Object.keys(columns).join(', ') || 'none but its own';
    throw ungrouped(
      `${origin}: the case ${id} has nothing in the column "${group.column}"; its columns are ${known}.`,
      'Name a column of the list in which every case has a value.',
      origin,
    );
  }
  const found = new RegExp(group, 'u').exec(id);
  const subject = found?.[1] ?? found?.[0];
  if (subject) return subject;
  throw ungrouped(
    `${origin}: data.split.group ${JSON.stringify(group)} finds nothing in the name ${id}.`,
    'Give a pattern that fits the name of every case, such as "^(patient\\d+)".',
    origin,
  );
}

function ungrouped(message: string, remedy: string, path: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError('INVALID_DATA', message, remedy, { path, reason: 'case without group' });
}

/**
 * What is said of a split with one subject on two of its sides, or of names that look so; undefined
 * where there is nothing to say.
 */
export function tornSubject(split: Split, cases: readonly SplitCase[]): string | undefined {
  const known = cases.some(({ subject }) => subject !== undefined);
  const ids = cases.map(({ id }) => id);
  const subjects = known
    ? new Map(cases.map(({ id, subject }) => [id, subject ?? id]))
    : subjectsByName(ids);
  const sides = { trains: split.train, validates: split.validation, tests: split.test };
  const first = new Map<string, { readonly id: string; readonly side: string }>();
  for (const [side, members] of Object.entries(sides)) {
    for (const id of members) {
      const subject = subjects.get(id) ?? id;
      const other = first.get(subject);
      if (other && other.side !== side && other.id !== id) {
        const pair = `${other.id} ${other.side} and ${id} ${side}`;
        return known
          ? `${pair}, though both are of ${subject}: scores of a known patient say too much.`
          : `${pair}; ${HINT}`;
      }
      if (!other) first.set(subject, { id, side });
    }
  }
  return undefined;
}

const HINT =
  'if they are of one patient, keep them on one side of the split by ' +
  'data.split.group, such as "^(.+)[_-]" for all before the last "_".';

/** A note where names of cases look as if several were of one patient; undefined otherwise. */
export function groupedNames(ids: readonly string[]): string | undefined {
  const byName = subjectsByName(ids);
  const [one] = byName;
  if (!one) return undefined;
  const other = [...byName].find(([id, subject]) => subject === one[1] && id !== one[0]);
  return other && `${one[0]} and ${other[0]} look like volumes of one patient: ${HINT}`;
}

/**
 * Ids by what looks like their subject: all before the last `_` or `-`, where that ends in a number and
 * several ids share it, but no half of all do, as they share the name of a data set.
 */
function subjectsByName(ids: readonly string[]): Map<string, string> {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const subject = /^(.*\d)[_-][^_-]+$/.exec(id)?.[1];
    if (subject !== undefined) groups.set(subject, [...(groups.get(subject) ?? []), id]);
  }
  const largest = Math.max(0, ...[...groups.values()].map(({ length }) => length));
  if (largest < 2 || largest * 2 > ids.length) return new Map();
  return new Map(
    [...groups].flatMap(([subject, own]) =>
      own.length < 2 ? [] : own.map((id) => [id, subject] as const),
    ),
  );
}
