import { baselineColor, seriesColor } from './chart.js';
import type { Comparison, ComparisonRow } from './comparison-content.js';
import { differenceChart } from './difference-chart.js';
import { html, type Html } from './html.js';
import { intervalChart } from './interval-chart.js';
import { fixed } from './layout.js';
import { lineChart } from './line-chart.js';
import { scatterChart } from './scatter-chart.js';

/** The color of an arm in every chart of a comparison. */
export interface ArmColor {
  readonly name: string;
  readonly color: string;
}

/** Baselines in gray, the others in a color each. */
export function armColors({ rows }: Comparison): ArmColor[] {
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  const isBaseline = (name: string) =>
    rows.some((row) => row.arm === name && row.baseline === null);
  const others = arms.filter((name) => !isBaseline(name));
  return arms.map((name) => ({
    name,
    color: isBaseline(name) ? baselineColor : seriesColor(others.indexOf(name)),
  }));
}

/** Every chart of a comparison, budget by budget. */
export function comparisonCharts(comparison: Comparison): Html[] {
  const budgets = [...new Set(comparison.rows.map(({ budget }) => budget))];
  return budgets.flatMap((budget, at) => {
    const rows = comparison.rows.filter((row) => row.budget === budget);
    return budgetCharts({ ...comparison, rows }, budget, `comparison-${at + 1}`);
  });
}

function budgetCharts(comparison: Comparison, budget: string, id: string): Html[] {
  const { metric, rows } = comparison;
  const colors = armColors(comparison);
  const suffix = budget === '' ? '' : `, budget ${budget}`;
  const counts = [...new Set(rows.map(({ labels }) => labels))].sort((left, right) => left - right);
  const few = rows.filter(({ labels }) => labels === counts[0]);
  const at = `${counts[0] ?? 0} labeled volumes${suffix}`;
  return [
    differences(`${metric} above or below the baseline${suffix}`, rows, `${id}-difference`),
    scores(`${metric} by number of labeled volumes${suffix}`, 'labeled volumes', rows, {
      ...{ id: `${id}-labels`, metric, colors, placeOf: ({ labels }) => labels },
    }),
    ...numericAxes(rows).map((axis) =>
      scores(`${metric} by ${axis}, ${at}`, axis, few, {
        ...{ id: `${id}-axis-${axis}`, metric, colors, placeOf: (row) => numberAt(row, axis) },
      }),
    ),
    curves(`Validation ${metric} by step, ${at}`, few, `${id}-steps`, metric, colors),
    pairs(`Test cases, ${at}`, few, `${id}-cases`, colors),
  ].filter((chart) => chart !== null);
}

function differences(title: string, rows: readonly ComparisonRow[], id: string): Html | null {
  const compared = rows.flatMap(({ arm, labels, difference }) =>
    difference ? [{ name: `${arm}, ${labels}`, difference }] : [],
  );
  if (compared.length === 0) return null;
  const description = compared.map(
    ({ name, difference: { mean, low, high } }) =>
      `${name}: ${fixed(mean, 3, true)}, ${fixed(low, 3, true)} to ${fixed(high, 3, true)}.`,
  );
  const words = { id, title, description: description.join(' ') };
  const chart = differenceChart({ ...words, rows: compared, xLabel: 'difference' });
  return figure(title, chart, 'Arm and number of labels. Gray: the interval holds 0.');
}

interface ScoreOptions {
  readonly id: string;
  readonly metric: string;
  readonly colors: readonly ArmColor[];
  readonly placeOf: (row: ComparisonRow) => number | undefined;
}

function scores(
  title: string,
  xLabel: string,
  rows: readonly ComparisonRow[],
  { id, metric, colors, placeOf }: ScoreOptions,
): Html | null {
  const placed = rows
    .flatMap((row) => {
      const place = placeOf(row);
      return place === undefined ? [] : [{ place, row }];
    })
    .sort((left, right) => left.place - right.place);
  if (placed.length === 0) return null;
  const chart = intervalChart({
    ...{ id, title, xLabel, yLabel: metric },
    description: placed.map(({ row }) => describeRow(row)).join(' '),
    scores: placed.map(({ place, row }) => ({
      ...{ group: String(place), model: row.arm, score: row.score },
    })),
    models: colors.filter(({ name }) => placed.some(({ row }) => row.arm === name)),
  });
  return figure(title, chart, 'Means over seeds and cases, with intervals.');
}

function curves(
  title: string,
  rows: readonly ComparisonRow[],
  id: string,
  metric: string,
  colors: readonly ArmColor[],
): Html | null {
  const drawn = rows.filter(({ curve }) => curve.length > 0);
  if (drawn.length === 0) return null;
  const chart = lineChart({
    ...{ id, title, xLabel: 'step', yLabel: metric, scale: 'linear' },
    description: drawn
      .map(({ arm, curve }) => `${arm} ends at ${(curve.at(-1)?.[1] ?? 0).toFixed(3)}.`)
      .join(' '),
    lines: drawn.map(({ arm, curve }) => ({
      points: curve.map(([step, mean]) => [step, mean] as const),
      color: colorOf(arm, colors),
    })),
  });
  return figure(title, chart, 'Means over seeds and pretrainings on validation cases.');
}

function pairs(
  title: string,
  rows: readonly ComparisonRow[],
  id: string,
  colors: readonly ArmColor[],
): Html | null {
  const drawn = rows.filter((row) => row.pairs.length > 0);
  if (drawn.length === 0) return null;
  const chart = scatterChart({
    ...{ id, title, xLabel: 'baseline', yLabel: 'arm' },
    description: drawn
      .map((row) => {
        const better = row.pairs.filter(({ score, baseline }) => score > baseline).length;
        return `${row.arm} is better in ${better} of ${row.pairs.length} cases.`;
      })
      .join(' '),
    groups: drawn.map((row) => ({
      color: colorOf(row.arm, colors),
      points: row.pairs.map(({ baseline, score }) => [baseline, score] as const),
    })),
  });
  return figure(title, chart, 'A point a case, over all seeds: above the line the arm is better.');
}

function figure(title: string, chart: Html, note: string): Html {
  return html`<figure class="card">
    <figcaption><h3>${title}</h3></figcaption>
    ${chart}
    <p class="note">${note}</p>
  </figure>`;
}

/** Axes along which at least two rows have a number. */
function numericAxes(rows: readonly ComparisonRow[]): string[] {
  const axes = [...new Set(rows.flatMap(({ at }) => Object.keys(at)))];
  return axes.filter((axis) => new Set(rows.flatMap((row) => numberAt(row, axis) ?? [])).size > 1);
}

function numberAt({ at }: ComparisonRow, axis: string): number | undefined {
  const value = at[axis];
  return typeof value === 'number' ? value : undefined;
}

function colorOf(arm: string, colors: readonly ArmColor[]): string {
  return colors.find(({ name }) => name === arm)?.color ?? baselineColor;
}

function describeRow({ arm, labels, score }: ComparisonRow): string {
  return `${arm} with ${labels} labels: ${score.mean.toFixed(3)}, ${score.low.toFixed(3)} to ${score.high.toFixed(3)}.`;
}
