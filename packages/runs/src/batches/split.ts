import { createRandom, parseConfig, permutation, VoxmimError } from '@voxmim/core';

import { Split, type SplitConfig } from '@voxmim/presets';
import { readYaml } from '../config/read-yaml.js';

/** What a split must know of a case. */
export interface SplitCase {
  readonly id: string;
  readonly hasLabel: boolean;
  /** Whose scan it is; without it every case is a subject of its own. */
  readonly subject?: string;
  /** What it is like: a draw shares each kind out evenly. */
  readonly stratum?: string;
}

/**
 * Divides cases into training, validation and test, or reads the division from `config.file`.
 *
 * Where some cases have labels, only those validate and test; the others train (without labels, in
 * pretraining), but for those of subjects who validate or test. Counts and shares are of subjects. The
 * draw depends on the ids and `config` only, not on the order of the cases, so that pretraining and
 * fine-tuning on one data set leave the same test cases out.
 *
 * @throws `INVALID_DATA` when nothing would be left to train on, a fold would be empty, or the file
 *   names unknown cases
 */
export async function splitCases(
  cases: readonly SplitCase[],
  config: SplitConfig,
  origin: string,
): Promise<Split> {
  const split = (await givenSplit(config)) ?? drawn(cases, config);
  checkSplit(split, cases, config.file ?? origin);
  return split;
}

/**
 * The first `use` of a seeded order of `ids`: smaller subsets lie inside larger ones. Those of one subject
 * follow each other, so that few volumes are of few subjects.
 *
 * @param use a count (at most all are taken), a share up to 1, or all
 * @param subjects by id; without one, an id is a subject of its own
 */
export function nestedSubset(
  ids: readonly string[],
  use: number | 'all',
  seed: number,
  subjects: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  if (use === 'all') return ids;
  const bySubject = new Map<string, string[]>();
  for (const id of [...ids].sort()) {
    const subject = subjects.get(id) ?? id;
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), id]);
  }
  const order = shuffled([...bySubject.keys()], seed, 'labels');
  return order
    .flatMap((subject) => bySubject.get(subject) ?? [])
    .slice(0, countOf(use, ids.length));
}

function drawn(cases: readonly SplitCase[], config: SplitConfig): Split {
  const labeled = cases.filter(({ hasLabel }) => hasLabel);
  const subjects = new Set((labeled.length > 0 ? labeled : cases).map(subjectOf));
  checkFolds(config.test, subjects.size);
  const order = byStratum(shuffled([...subjects], config.seed, 'split'), cases);
  const { test, rest } = heldOut(order, config.test);
  const validation = new Set(takenOf(rest, share(config.validation, subjects.size)));
  const judged = new Set([...test, ...validation]);
  const judging = labeled.length > 0 ? labeled : cases;
  const idsOf = (chosen: readonly SplitCase[]) => chosen.map(({ id }) => id).sort();
  return {
    train: idsOf(cases.filter((entry) => !judged.has(subjectOf(entry)))),
    validation: idsOf(judging.filter((entry) => validation.has(subjectOf(entry)))),
    test: idsOf(judging.filter((entry) => test.has(subjectOf(entry)))),
  };
}

/** Subjects in an order in which any run of them, or every n-th, is drawn at random. */
interface DrawOrder {
  readonly subjects: readonly string[];
  /** Whether like subjects follow each other, so that a part is to be taken evenly from all of them. */
  readonly isStratified: boolean;
}

/** Like subjects side by side, each kind in the order that was drawn; as drawn where nothing tells kinds. */
function byStratum(drawnOrder: readonly string[], cases: readonly SplitCase[]): DrawOrder {
  const kinds = new Map<string, Set<string>>();
  for (const entry of cases) {
    if (entry.stratum === undefined) continue;
    const subject = subjectOf(entry);
    kinds.set(subject, (kinds.get(subject) ?? new Set()).add(entry.stratum));
  }
  if (kinds.size === 0) return { subjects: drawnOrder, isStratified: false };
  const kindOf = (subject: string) => [...(kinds.get(subject) ?? [])].sort().join('\n');
  const named = drawnOrder.map((subject) => ({ subject, kind: kindOf(subject) }));
  const sorted = named.sort((a, b) => (a.kind < b.kind ? -1 : Number(a.kind > b.kind)));
  return { subjects: sorted.map(({ subject }) => subject), isStratified: true };
}

/** So many subjects of an order: the first, or evenly from all of it where like ones follow each other. */
function takenOf({ subjects, isStratified }: DrawOrder, count: number): readonly string[] {
  if (!isStratified) return subjects.slice(0, count);
  const before = (at: number) => Math.floor((at * count) / subjects.length);
  return subjects.filter((_, at) => before(at + 1) > before(at));
}

/** The subjects that judge: a part of an order, or every `folds`-th of it. */
function heldOut(
  order: DrawOrder,
  test: SplitConfig['test'],
): { readonly test: ReadonlySet<string>; readonly rest: DrawOrder } {
  const { subjects } = order;
  const chosen = new Set(
    typeof test === 'number'
      ? takenOf(order, share(test, subjects.length))
      : subjects.filter((_, at) => at % test.folds === test.fold),
  );
  const rest = subjects.filter((subject) => !chosen.has(subject));
  return { test: chosen, rest: { ...order, subjects: rest } };
}

function checkFolds(test: SplitConfig['test'], subjects: number): void {
  if (typeof test === 'number' || test.folds <= subjects) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${subjects} subjects cannot be divided into ${test.folds} folds.`,
    'Lower data.split.test.folds.',
    { path: 'data.split.test.folds', reason: 'more folds than subjects' },
  );
}

function subjectOf({ id, subject }: SplitCase): string {
  return subject ?? id;
}

/** A share below 1 of a whole, at least one; else a count. */
function share(wanted: number, total: number): number {
  return wanted > 0 && wanted < 1 ? Math.max(1, Math.round(wanted * total)) : wanted;
}

/** A share up to 1, at least one; or a count above it. A count of 1 cannot be meant as a share. */
function countOf(use: number, total: number): number {
  return use < 1 ? Math.max(1, Math.round(use * total)) : Math.min(use, total);
}

function shuffled(ids: readonly string[], seed: number, purpose: string): string[] {
  const sorted = [...ids].sort();
  return [...permutation(sorted.length, createRandom(seed, purpose))].flatMap(
    (index) => sorted[index] ?? [],
  );
}

async function givenSplit({ file, cases }: SplitConfig): Promise<Split | undefined> {
  if (file === undefined) return cases;
  const remedy = 'Give it the lists train, validation and test, of names of cases.';
  return parseConfig(Split, await readYaml(file), file, remedy);
}

function checkSplit(split: Split, cases: readonly SplitCase[], origin: string): void {
  const known = new Set(cases.map(({ id }) => id));
  const unknown = [...split.train, ...split.validation, ...split.test].filter(
    (id) => !known.has(id),
  );
  if (unknown.length > 0) {
    throw new VoxmimError(
      'INVALID_DATA',
      `${origin} names ${unknown.length} cases that the data set does not have: ${unknown.slice(0, 5).join(', ')}.`,
      'Correct the ids, or the folder of the data.',
      { path: origin, reason: 'unknown cases in split' },
    );
  }
  checkApart(split, origin);
  if (split.train.length > 0) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `Of ${cases.length} cases in ${origin}, ${split.validation.length} validate and ${split.test.length} test: none is left to train on.`,
    'Lower data.split.validation or data.split.test, or add cases.',
    { path: origin, reason: 'no training cases' },
  );
}

/** A validation case may be a test case, where a reference does so; a training case may be neither. */
function checkApart({ train, validation, test }: Split, origin: string): void {
  const trained = new Set(train);
  const shared = [...validation, ...test].filter((id) => trained.has(id));
  if (shared.length === 0) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${origin}: ${shared.slice(0, 5).join(', ')} both train and judge.`,
    'List each case once.',
    { path: origin, reason: 'split overlaps' },
  );
}
