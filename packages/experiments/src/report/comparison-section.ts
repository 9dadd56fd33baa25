import type { CustomSeriesOption } from 'echarts';

import { baselineColor, chartGrid, renderChart, seriesColor, valueAxis } from './chart.js';
import { html, type Html } from './html.js';
import { chartLegend, intervalCell, section } from './layout.js';
import type { Comparison, ComparisonRow } from './report-content.js';

/** Every arm against the baseline: scores by number of labels, the paired test, steps to the same score. */
export async function comparisonSection(comparison: Comparison | null): Promise<Html | null> {
  if (comparison === null || comparison.rows.length === 0) return null;
  const { metric, note, rows } = comparison;
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  const ordered = [...arms].sort(
    (left, right) => Number(right === comparison.baseline) - Number(left === comparison.baseline),
  );
  const colors = ordered.map((name, index) => ({
    name,
    color: name === comparison.baseline ? baselineColor : seriesColor(index - 1),
  }));
  const chart = await scoreChart(comparison, colors);
  return section(
    'comparison',
    'What pretraining bought',
    html`<figure class="card wide">
        <figcaption>
          <h3>${metric} by number of labeled volumes</h3>
          ${chartLegend(colors)}
        </figcaption>
        ${chart}
        <p class="note">${percent(comparison.confidence)} intervals. ${note}</p>
      </figure>
      ${comparisonTable(comparison)}`,
  );
}

async function scoreChart(
  { metric, rows }: Comparison,
  arms: readonly { readonly name: string; readonly color: string }[],
): Promise<Html> {
  const labels = [...new Set(rows.map((row) => row.labels))].sort((left, right) => left - right);
  const option = {
    grid: chartGrid,
    xAxis: {
      type: 'category' as const,
      data: labels.map(String),
      ...valueAxis('labeled volumes', false),
    },
    yAxis: {
      type: 'value' as const,
      scale: true,
      ...valueAxis(metric, true),
    },
    series: arms.map(({ name, color }, index) =>
      intervalSeries(
        rows.filter(({ arm }) => arm === name),
        labels,
        { color, shift: (index - (arms.length - 1) / 2) * 18 },
      ),
    ),
  };
  const description = rows.map(
    ({ labels: count, arm, score }) =>
      `${arm} with ${count} labels: ${score.mean.toFixed(3)}, ${score.low.toFixed(3)} to ${score.high.toFixed(3)}.`,
  );
  const title = `${metric} by number of labeled volumes`;
  return renderChart(option, { id: 'comparison-chart', title, description: description.join(' ') });
}

/** A point with a bar from the low to the high end of its interval, moved aside from its neighbors. */
function intervalSeries(
  rows: readonly ComparisonRow[],
  labels: readonly number[],
  { color, shift }: { color: string; shift: number },
): CustomSeriesOption {
  return {
    type: 'custom',
    encode: { x: 0, y: [1, 2, 3] },
    data: rows.map(({ labels: count, score }) => [
      labels.indexOf(count),
      score.mean,
      score.low,
      score.high,
    ]),
    renderItem: (_params, api) => {
      const place = (dimension: number) => api.coord([api.value(0), api.value(dimension)]);
      const x = (place(1)[0] ?? 0) + shift;
      const [mean, low, high] = [place(1)[1] ?? 0, place(2)[1] ?? 0, place(3)[1] ?? 0];
      const line = (y1: number, y2: number, reach: number) => ({
        type: 'line' as const,
        shape: { x1: x - reach, y1, x2: x + reach, y2 },
        style: { stroke: color, lineWidth: 2 },
      });
      return {
        type: 'group',
        children: [
          line(low, high, 0),
          line(low, low, 4),
          line(high, high, 4),
          { type: 'circle', shape: { cx: x, cy: mean, r: 5 }, style: { fill: color } },
        ],
      };
    },
  };
}

function comparisonTable({ metric, baseline, test, rows }: Comparison): Html {
  return html`<h3 id="comparison-table" class="table-title">
      ${metric} of each model and its difference from ${baseline}
    </h3>
    <div class="scroll" tabindex="0">
      <table aria-labelledby="comparison-table">
        <thead>
          <tr>
            <th scope="col">Labels</th>
            <th scope="col" class="text">Start</th>
            <th scope="col">${metric}</th>
            <th scope="col">Difference</th>
            <th scope="col">p</th>
            <th scope="col">Steps to the same ${metric}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row, index) => comparisonRow(row, rows[index - 1]?.labels !== row.labels))}
        </tbody>
      </table>
    </div>
    <p class="note">
      Difference: ${metric} minus that of ${baseline} on the same case. p: ${test}. Steps to the
      same ${metric}: steps until the best validation score of ${baseline} was reached, and what
      ${baseline} needed for it.
    </p>`;
}

function comparisonRow(row: ComparisonRow, startsGroup: boolean): Html {
  return html`<tr class="${startsGroup ? 'group' : ''}">
    <td>${startsGroup ? row.labels : ''}</td>
    <th scope="row">
      ${row.arm}
      <span class="range">${count(row.cases, 'case')}, ${count(row.seeds, 'seed')}</span>
    </th>
    ${intervalCell(row.score, 3)}
    ${row.difference ? intervalCell(row.difference, 3, true) : html`<td></td>`}
    <td>${row.pValue === null ? '' : formatP(row.pValue)}</td>
    ${convergenceCell(row)}
  </tr>`;
}

function convergenceCell({ convergence }: ComparisonRow): Html {
  if (convergence === null) return html`<td></td>`;
  const { steps, baselineSteps, target } = convergence;
  const versus = baselineSteps === null ? '' : ` of ${baselineSteps}`;
  return html`<td>
    <span class="mean">${steps === null ? 'not reached' : `${steps}${versus}`}</span>
    <span class="range">to ${target.toFixed(3)}</span>
  </td>`;
}

/** A p-value as it is printed: never a bare 0. */
export function formatP(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
