import { VoxmimError } from '@voxmim/core';
import type { CaseMetrics } from '@voxmim/evaluation';

import type { ComparedRun } from './compared-run.js';

/** What all runs were judged on. */
export interface SharedCases {
  readonly ids: readonly string[];
  /** Classes that all runs have, in the order of the first. */
  readonly classes: readonly string[];
  /** Of each run, its shared cases in the same order with the shared classes alone. */
  readonly cases: readonly (readonly CaseMetrics[])[];
}

/**
 * The cases and classes that all runs have.
 *
 * @throws `INVALID_DATA` when they share no case or no class
 */
export function sharedCases(runs: readonly ComparedRun[]): SharedCases {
  const byId = runs.map(
    ({ evaluation }) => new Map(evaluation.cases.map((found) => [found.id, found])),
  );
  const ids = [...(byId[0]?.keys() ?? [])].filter((id) => byId.every((cases) => cases.has(id)));
  if (ids.length === 0) throw nothingShared(runs, 'case', ({ cases }) => cases.map(({ id }) => id));
  const classes = namesOf(runs[0]).filter((name) =>
    runs.every((run) => namesOf(run).includes(name)),
  );
  if (classes.length === 0) throw nothingShared(runs, 'class', (_, run) => namesOf(run));
  return {
    ids,
    classes,
    cases: byId.map((cases) =>
      ids.flatMap((id) => {
        const found = cases.get(id);
        return found ? [{ id, classes: onlyClasses(found, classes) }] : [];
      }),
    ),
  };
}

/** What a reader must know of how the runs were chosen, the weightiest first. */
export function sharingWarnings(runs: readonly ComparedRun[], shared: SharedCases): string[] {
  return [
    ...leaks(runs, shared),
    ...otherSplits(runs, shared),
    ...conventions(runs),
    ...leftOut(runs, shared),
  ];
}

/** Cases that count and that a run was trained on. */
function leaks(runs: readonly ComparedRun[], { ids }: SharedCases): string[] {
  return runs.flatMap((run) => {
    const known = ids.filter((id) => trainedOn(run).has(id));
    if (known.length === 0) return [];
    return [
      `${known.length} of the ${ids.length} shared cases were trained on by ${run.name}, such as ${few(known)}: its scores there are not of unseen cases.`,
    ];
  });
}

/** Cases that do not count, as one run was trained on what another is judged on. */
function otherSplits(runs: readonly ComparedRun[], { ids }: SharedCases): string[] {
  return runs.flatMap((trained) =>
    runs.flatMap((judged) => {
      const seen = judged.evaluation.cases
        .map(({ id }) => id)
        .filter((id) => trainedOn(trained).has(id) && !ids.includes(id));
      if (judged === trained || seen.length === 0) return [];
      return [
        `${trained.name} was trained on ${seen.length} of the test cases of ${judged.name}, such as ${few(seen)}: they were split differently, and only cases that both were judged on are compared.`,
      ];
    }),
  );
}

function trainedOn({ split }: ComparedRun): ReadonlySet<string> {
  return new Set(split?.labeled ?? split?.train);
}

function conventions([first, ...others]: readonly ComparedRun[]): string[] {
  if (!first) return [];
  const policy = first.evaluation.summary.policy;
  const settings = ({ evaluation }: ComparedRun) =>
    JSON.stringify(evaluation['conventions'] ?? null);
  return others
    .filter((run) => settings(run) !== settings(first))
    .map(
      ({ name }) =>
        `${name} was judged by other conventions than ${first.name} (NSD tolerance, HD95 or policy): Dice is compared under the policy "${policy}" of ${first.name}, the rest as it was measured.`,
    );
}

function leftOut(runs: readonly ComparedRun[], { ids, classes }: SharedCases): string[] {
  const all = new Set(runs.flatMap(namesOf));
  const missing = [...all].filter((name) => !classes.includes(name));
  const more = runs
    .map(({ name, evaluation }) => ({ name, count: evaluation.cases.length }))
    .filter(({ count }) => count > ids.length);
  return [
    ...(missing.length > 0
      ? [`Not all have the classes ${missing.join(', ')}: they are left out.`]
      : []),
    ...(more.length > 0
      ? [
          `Only the ${ids.length} cases that all were judged on count; ${more.map(({ name, count }) => `${name} has ${count}`).join(', ')}.`,
        ]
      : []),
  ];
}

function namesOf(run: ComparedRun | undefined): readonly string[] {
  return run?.evaluation.cases[0]?.classes.map(({ name }) => name) ?? [];
}

function onlyClasses(found: CaseMetrics, names: readonly string[]): CaseMetrics['classes'] {
  return names.flatMap((name) => found.classes.filter((entry) => entry.name === name).slice(0, 1));
}

function nothingShared(
  runs: readonly ComparedRun[],
  what: 'case' | 'class',
  of: (evaluation: ComparedRun['evaluation'], run: ComparedRun) => readonly string[],
): VoxmimError<'INVALID_DATA'> {
  const told = runs.map((run) => `${run.name} has ${few(of(run.evaluation, run)) || 'none'}`);
  return new VoxmimError(
    'INVALID_DATA',
    `The runs share no ${what}: ${told.join('; ')}.`,
    what === 'case'
      ? 'Compare runs that were judged on the same test cases, such as those of one data.split.'
      : 'Compare runs that segment the same classes, called by the same names.',
    { path: runs.map(({ folder }) => folder).join(', '), reason: `no ${what} in common` },
  );
}

function few(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
}
