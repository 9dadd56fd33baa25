import { cardTable } from './card-table.js';
import { baselineColor, seriesColor } from './chart.js';
import { differenceChart } from './difference-chart.js';
import { html, type Html } from './html.js';
import { intervalChart } from './interval-chart.js';
import { chartLegend, fixed, formatP, interval, percent, section } from './layout.js';
import type { Comparison, ComparisonRow } from './report-content.js';

/** Every arm against the baseline: differences and scores by number of labels, the paired test. */
export function comparisonSection(comparison: Comparison | null): Html | null {
  if (comparison === null || comparison.rows.length === 0) return null;
  const { note, confidence } = comparison;
  return section(
    'comparison',
    'What pretraining bought',
    html`<div class="charts">${differences(comparison)}${scores(comparison)}</div>
      <p class="note">${percent(confidence)} intervals. ${note}</p>
      ${comparisonTable(comparison)}`,
  );
}

function differences({ metric, baseline, rows }: Comparison): Html | null {
  const compared = rows.flatMap(({ arm, labels, difference }) =>
    difference ? [{ name: `${arm}, ${count(labels, 'label')}`, difference }] : [],
  );
  if (compared.length === 0) return null;
  const title = `${metric} above or below ${baseline}`;
  const description = compared.map(
    ({ name, difference: { mean, low, high } }) =>
      `${name}: ${fixed(mean, 3, true)}, ${fixed(low, 3, true)} to ${fixed(high, 3, true)}.`,
  );
  return html`<figure class="card">
    <figcaption><h3>${title}</h3></figcaption>
    ${differenceChart({
      id: 'difference-chart',
      title,
      description: description.join(' '),
      rows: compared,
      xLabel: `${metric} minus that of ${baseline}`,
    })}
    <p class="note">Gray: the interval holds 0, so no difference is shown.</p>
  </figure>`;
}

function scores({ metric, baseline, rows }: Comparison): Html {
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  const ordered = [...arms].sort(
    (left, right) => Number(right === baseline) - Number(left === baseline),
  );
  const models = ordered.map((name, index) => ({
    name,
    color: name === baseline ? baselineColor : seriesColor(index - 1),
  }));
  const sorted = [...rows].sort((left, right) => left.labels - right.labels);
  const title = `${metric} by number of labeled volumes`;
  const description = rows.map(
    ({ labels, arm, score }) =>
      `${arm} with ${labels} labels: ${score.mean.toFixed(3)}, ${score.low.toFixed(3)} to ${score.high.toFixed(3)}.`,
  );
  return html`<figure class="card">
    <figcaption>
      <h3>${title}</h3>
      ${chartLegend(models)}
    </figcaption>
    ${intervalChart({
      id: 'comparison-chart',
      title,
      description: description.join(' '),
      scores: sorted.map(({ labels, arm, score }) => ({
        group: String(labels),
        model: arm,
        score,
      })),
      models,
      xLabel: 'labeled volumes',
      yLabel: metric,
    })}
  </figure>`;
}

function comparisonTable({ metric, baseline, test, rows }: Comparison): Html {
  const table = cardTable({
    id: 'comparison-table',
    title: `${metric} of each model and its difference from ${baseline}`,
    columns: [
      { title: 'Start', text: true },
      ...['Labels', 'Difference', 'p', metric, `Steps to the same ${metric}`].map((title) => ({
        title,
      })),
    ],
    rows: rows.map((row, index) => ({
      className: rows[index - 1]?.labels !== row.labels ? 'group' : '',
      name: html`${row.arm}
        <span class="range">${count(row.cases, 'case')}, ${count(row.seeds, 'seed')}</span>`,
      cells: [
        row.labels,
        interval(row.difference, 3, true),
        row.pValue === null ? null : formatP(row.pValue),
        interval(row.score, 3),
        convergence(row),
      ],
    })),
  });
  return html`${table}
    <p class="note">
      Difference: ${metric} minus that of ${baseline} on the same case. p: ${test}. Steps to the
      same ${metric}: steps until the best validation score of ${baseline} was reached, and what
      ${baseline} needed for it.
    </p>`;
}

function convergence({ convergence: found }: ComparisonRow): Html | null {
  if (found === null) return null;
  const { steps, baselineSteps, target } = found;
  const versus = baselineSteps === null ? '' : ` of ${baselineSteps}`;
  return html`<span class="mean">${steps === null ? 'not reached' : `${steps}${versus}`}</span>
    <span class="range">to ${target.toFixed(3)}</span>`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
