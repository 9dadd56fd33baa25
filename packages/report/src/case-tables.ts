import {
  caseCells,
  caseMeans,
  csvOf,
  formatCsv,
  meanOf,
  scoreOf,
  type CaseMetrics,
  type ClassMetrics,
  type EmptyPolicy,
} from '@voxmim/evaluation';

import type { CasePlot, CaseTable } from './case-content.js';

/** A model and what it made of the cases. */
export interface ScoredModel {
  readonly name: string;
  readonly cases: readonly CaseMetrics[];
}

const WORDS =
  '“missed”: the class is there and nothing was found; “invented”: something was found that is not there.';

/**
 * The cases of one model, the worst first: mean Dice, then Dice and HD95 of each class.
 *
 * @param policy what a class that is missing counts for
 */
export function caseTableOf(cases: readonly CaseMetrics[], policy: EmptyPolicy): CaseTable {
  const names = cases[0]?.classes.map(({ name }) => name) ?? [];
  const means = caseMeans(cases, 'dice', policy);
  const rows = cases.map(({ id, classes }, index) => ({
    name: id,
    mean: means[index] ?? NaN,
    cells: [
      finiteOrNull(means[index] ?? NaN),
      ...names.flatMap((_, label) => classCells(classes[label], policy)),
    ],
  }));
  return {
    title: 'Each test case',
    columns: [
      { title: 'Mean Dice', digits: 3, signed: false },
      ...names.flatMap((name) => [
        { title: `${name}, Dice`, digits: 3, signed: false },
        { title: `${name}, HD95 mm`, digits: 1, signed: false },
      ]),
    ],
    rows: worstFirst(rows).map(({ name, cells }) => ({ name, cells })),
    note: `By mean Dice, the worst first. ${WORDS}`,
    csv: formatCsv(cases),
  };
}

/** Dice of every case, one group a class. */
export function casePlotOf(cases: readonly CaseMetrics[], policy: EmptyPolicy): CasePlot {
  const names = cases[0]?.classes.map(({ name }) => name) ?? [];
  return {
    title: 'Dice of each case by class',
    metric: 'Dice',
    paired: false,
    groups: names.map((name, label) => ({
      name,
      label: label + 1,
      values: cases.map(({ classes }) => {
        const found = classes[label];
        return found ? finiteOrNull(scoreOf(found, 'dice', policy)) : null;
      }),
    })),
    note: 'A dot a case. The box holds the middle half of the cases, the line in it is the median.',
  };
}

/**
 * Mean Dice of each case under several models, and by how much it differs from the first's; the case that
 * lost most on top. Only cases that all models have.
 */
export function pairedTableOf(models: readonly ScoredModel[], policy: EmptyPolicy): CaseTable {
  const [first, ...others] = models.map((model) => ({ ...model, scores: scoresOf(model, policy) }));
  const rows = [...(first?.scores ?? [])].map(([name, score]) => {
    const theirs = others.map(({ scores }) => scores.get(name) ?? NaN);
    const gains = theirs.map((value) => value - score);
    const cells = [...gains, score, ...theirs].map(finiteOrNull);
    return { name, mean: Math.min(...gains.filter(Number.isFinite)), cells };
  });
  const column = (title: string, signed: boolean) => ({ title, digits: 3, signed });
  return {
    title: 'Each case under every model',
    columns: [
      ...others.map(({ name }) => column(`${name} minus ${first?.name ?? ''}`, true)),
      ...models.map(({ name }) => column(`Mean Dice, ${name}`, false)),
    ],
    rows: worstFirst(rows).map(({ name, cells }) => ({ name, cells })),
    note: 'Mean Dice over classes. The case that lost most is on top.',
    csv: csvOf(
      models.flatMap(({ name, cases }) => caseCells(cases).map((row) => ({ model: name, ...row }))),
    ),
  };
}

/** Mean Dice of each case, joined from model to model. */
export function pairedPlotOf(models: readonly ScoredModel[], policy: EmptyPolicy): CasePlot {
  const scored = models.map((model) => ({ ...model, scores: scoresOf(model, policy) }));
  const ids = [...(scored[0]?.scores.keys() ?? [])];
  return {
    title: 'Mean Dice of each case, from model to model',
    metric: 'Mean Dice',
    paired: true,
    groups: scored.map(({ name, scores }) => ({
      name,
      label: null,
      values: ids.map((id) => finiteOrNull(scores.get(id) ?? NaN)),
    })),
    note: 'A line a case: it rises where the model at the right is better.',
  };
}

function classCells(
  found: ClassMetrics | undefined,
  policy: EmptyPolicy,
): readonly (number | string | null)[] {
  if (!found) return [null, null];
  const dice = finiteOrNull(scoreOf(found, 'dice', policy));
  if (found.truthVoxels > 0 && found.predictedVoxels === 0) return [dice, 'missed'];
  if (found.truthVoxels === 0 && found.predictedVoxels > 0) return [dice, 'invented'];
  return [dice, finiteOrNull(found.hd95)];
}

/** Mean Dice by case; where a model was run several times, over its runs. */
function scoresOf({ cases }: ScoredModel, policy: EmptyPolicy): Map<string, number> {
  const all = new Map<string, number[]>();
  const means = caseMeans(cases, 'dice', policy);
  cases.forEach(({ id }, index) => {
    const score = means[index] ?? NaN;
    if (Number.isFinite(score)) all.set(id, [...(all.get(id) ?? []), score]);
  });
  return new Map([...all].map(([id, scores]) => [id, meanOf(scores)]));
}

/** Rows without a score come last. */
function worstFirst<Row extends { readonly mean: number }>(rows: readonly Row[]): Row[] {
  const order = (mean: number) => (Number.isFinite(mean) ? mean : Infinity);
  return [...rows].sort((left, right) => {
    const [one, other] = [order(left.mean), order(right.mean)];
    return one === other ? 0 : one - other;
  });
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
