import type { LineSeriesOption } from 'echarts';

import { baselineColor, chartGrid, renderChart, seriesColor, valueAxis } from './chart.js';
import { html, type Html } from './html.js';
import { chartLegend, formatNumber, section } from './layout.js';
import type { CurveChart } from './report-content.js';
import { thinPoints, type CurvePoint } from './thin-points.js';

/** The learning curves, each with the numbers behind it. */
export async function curveSection(curves: readonly CurveChart[]): Promise<Html | null> {
  const drawn = curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
  if (drawn.length === 0) return null;
  const figures: Html[] = [];
  for (const [index, curve] of drawn.entries()) {
    figures.push(await curveFigure(curve, `curve-${index + 1}`));
  }
  return section('curves', 'Learning curves', html`<div class="charts">${figures}</div>`);
}

async function curveFigure(curve: CurveChart, id: string): Promise<Html> {
  const colored = curve.series.filter(({ baseline }) => !baseline);
  const series = curve.series.map((line) => ({
    ...line,
    points: thinPoints(line.points),
    color: line.baseline ? baselineColor : seriesColor(colored.indexOf(line)),
  }));
  const thinned = curve.series.some(
    ({ points }, at) => points.length !== series[at]?.points.length,
  );
  const option = {
    grid: chartGrid,
    xAxis: { type: 'value' as const, ...valueAxis(curve.xLabel, false), max: 'dataMax' as const },
    yAxis: {
      type: curve.scale === 'log' ? ('log' as const) : ('value' as const),
      scale: true,
      ...valueAxis(curve.yLabel, true),
    },
    series: series.map((line) => lineOption(line, curve.scale)),
  };
  const description = series.map(({ name, points }) => describeLine(name, points)).join(' ');
  const chart = await renderChart(option, { id, title: curve.title, description });
  const legend = series.map(({ name, color, dashed }) => ({
    name,
    color,
    dashed: dashed ?? false,
  }));
  const note = thinned ? `${curve.note} Neighboring steps are averaged.` : curve.note;
  return html`<figure class="card">
    <figcaption>
      <h3>${curve.title}</h3>
      ${series.length > 1 ? chartLegend(legend) : null}
    </figcaption>
    ${chart}
    <p class="note">${note}</p>
    ${numbersBehind(curve, series)}
  </figure>`;
}

function lineOption(
  line: {
    readonly points: readonly CurvePoint[];
    readonly dashed?: boolean | undefined;
    readonly color: string;
  },
  scale: CurveChart['scale'],
): LineSeriesOption {
  const points = scale === 'log' ? line.points.filter(([, y]) => y > 0) : line.points;
  return {
    type: 'line',
    data: points.map(([x, y]) => [x, y]),
    showSymbol: points.length <= 12,
    symbol: 'circle',
    symbolSize: 6,
    itemStyle: { color: line.color },
    lineStyle: {
      color: line.color,
      width: 2,
      type: line.dashed ? 'dashed' : 'solid',
      join: 'round',
    },
  };
}

function describeLine(name: string, points: readonly CurvePoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${name} has no points.`;
  const [from, to] = [formatNumber(first[1]), formatNumber(last[1])];
  return `${name} goes from ${from} at ${first[0]} to ${to} at ${last[0]}.`;
}

function numbersBehind(
  curve: CurveChart,
  series: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[],
): Html {
  const steps = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort(
    (left, right) => left - right,
  );
  const values = series.map(({ points }) => new Map(points));
  return html`<details>
    <summary>Numbers</summary>
    <div class="scroll short" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${curve.xLabel}</th>
            ${series.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${steps.map(
            (step) =>
              html`<tr>
                <th scope="row">${step}</th>
                ${values.map((line) => {
                  const value = line.get(step);
                  return html`<td>${value === undefined ? '' : formatNumber(value)}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
