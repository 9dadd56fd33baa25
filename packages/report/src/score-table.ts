import type { Summary } from '@voxmim/evaluation';

import type { ScoreTable } from './report-content.js';
import type { ScoreInterval } from './score-interval.js';

type Shown = 'dice' | 'nsd' | 'hd95' | 'assd';
type Score = { readonly [Bound in 'mean' | 'low' | 'high']: number | null };
type Scores = Readonly<Record<Shown, Score>>;

/** What a table needs of a `Summary`; null is what JSON makes of a value that is not finite. */
export interface ScoreSummary {
  readonly policy: Summary['policy'];
  readonly cases: number;
  readonly classes: readonly {
    readonly name: string;
    readonly metrics: Scores & { readonly hd95: { readonly infiniteCases: number } };
  }[];
  readonly mean: Scores;
}

const METRICS: readonly { metric: Shown; title: string; digits: number }[] = [
  { metric: 'dice', title: 'Dice', digits: 3 },
  { metric: 'nsd', title: 'NSD', digits: 3 },
  { metric: 'hd95', title: 'HD95 (mm)', digits: 1 },
  { metric: 'assd', title: 'ASSD (mm)', digits: 2 },
];

/**
 * The table of one or more models judged on the same cases: one row per class, one column per metric
 * and model. With several models only Dice and HD95 are shown, so that a page holds them.
 *
 * @param classes names, background first; their order gives the colors
 */
export function scoreTableOf(
  title: string,
  models: readonly { readonly name: string; readonly summary: ScoreSummary }[],
  classes: readonly string[],
): ScoreTable {
  const shown = METRICS.filter(
    ({ metric }) => models.length < 2 || metric === 'dice' || metric === 'hd95',
  );
  const columns = shown.flatMap(({ metric, title: name, digits }) =>
    models.map((model) => ({
      title: models.length < 2 ? name : `${name}, ${model.name}`,
      digits,
      metric,
      summary: model.summary,
    })),
  );
  const [first] = models;
  const rows = (first?.summary.classes ?? []).map(({ name }) => ({
    name,
    label: Math.max(1, classes.indexOf(name)),
    cells: columns.map(({ metric, summary }) => {
      const found = summary.classes.find((entry) => entry.name === name);
      return found ? finite(found.metrics[metric]) : null;
    }),
  }));
  const means = columns.map(({ metric, summary }) => finite(summary.mean[metric]));
  return {
    title,
    columns: columns.map((column) => ({ title: column.title, digits: column.digits })),
    rows: [...rows, { name: 'Mean', label: null, cells: means }],
    note: noteOf(models),
  };
}

function finite({ mean, low, high }: Score): ScoreInterval | null {
  const values = [mean, low, high].map((value) => value ?? NaN);
  const [middle = NaN, bottom = NaN, top = NaN] = values;
  return values.every(Number.isFinite) ? { mean: middle, low: bottom, high: top } : null;
}

function noteOf(
  models: readonly { readonly name: string; readonly summary: ScoreSummary }[],
): string {
  const [first] = models;
  if (!first) return '';
  const missed = models.flatMap(({ name, summary }) =>
    summary.classes
      .filter(({ metrics }) => metrics.hd95.infiniteCases > 0)
      .map((entry) => `${entry.name} (${name}) in ${entry.metrics.hd95.infiniteCases}`),
  );
  const left =
    missed.length === 0
      ? ''
      : ` Cases where only truth or only prediction has a class have no finite distance and are not in its mean: ${missed.join(', ')}.`;
  return `Means over ${first.summary.cases} cases with 95 % bootstrap intervals; empty classes by the policy "${first.summary.policy}".${left}`;
}
