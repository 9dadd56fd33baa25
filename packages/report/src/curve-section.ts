import { baselineColor, seriesColor } from './chart.js';
import { html, type Html } from './html.js';
import { chartLegend, formatNumber, section } from './layout.js';
import { lineChart } from './line-chart.js';
import type { CurveChart } from './report-content.js';
import { thinPoints, type CurvePoint } from './thin-points.js';

/** Charts of lines, each with the numbers behind it. */
export function curveSection(
  { id, title, figure }: { readonly id: string; readonly title: string; readonly figure: string },
  curves: readonly CurveChart[],
): Html | null {
  const drawn = curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
  if (drawn.length === 0) return null;
  const figures = drawn.map((curve, index) => curveFigure(curve, `${figure}-${index + 1}`));
  return section(id, title, html`<div class="charts">${figures}</div>`);
}

function curveFigure(curve: CurveChart, id: string): Html {
  const colored = curve.series.filter(({ baseline }) => !baseline);
  const series = curve.series.map((line) => ({
    ...line,
    points: thinPoints(line.points),
    color: line.baseline ? baselineColor : seriesColor(colored.indexOf(line)),
  }));
  const thinned = curve.series.some(
    ({ points }, at) => points.length !== series[at]?.points.length,
  );
  const description = series.map(({ name, points }) => describeLine(name, points)).join(' ');
  const { title, xLabel, yLabel, scale } = curve;
  const drawing = lineChart({ id, title, description, xLabel, yLabel, scale, lines: series });
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
    ${drawing}
    <p class="note">${note}</p>
    ${numbersBehind(curve, series)}
  </figure>`;
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
