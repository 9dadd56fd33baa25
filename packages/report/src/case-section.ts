import { cssColor, labelColor } from './picture/colors.js';
import type { CasePlot, CaseTable } from './case-content.js';
import { cardTable } from './card-table.js';
import { seriesColor } from './chart.js';
import { html, type Html, type HtmlPart } from './html.js';
import { fixed, section } from './layout.js';
import { pairedChart } from './paired-chart.js';
import type { ReportContent } from './report-content.js';
import { stripChart } from './strip-chart.js';

/** Every single case: as dots, and as a table that can be taken along. */
export function caseSection({
  casePlots,
  caseTables,
}: Pick<ReportContent, 'casePlots' | 'caseTables'>): Html | null {
  if (casePlots.length === 0 && caseTables.length === 0) return null;
  return section(
    'cases',
    'Case by case',
    html`<div class="charts">${casePlots.map(casePlot)}</div>
      ${caseTables.map(caseTable)}`,
  );
}

function casePlot({ title, metric, paired, groups, note }: CasePlot, index: number): Html {
  const words = { id: `cases-chart-${index + 1}`, title, description: describe(groups) };
  const drawing = paired
    ? pairedChart({
        ...words,
        models: groups.map((group, at) => ({ ...group, color: seriesColor(at) })),
        yLabel: metric,
      })
    : stripChart({
        ...words,
        rows: groups.map(({ label, ...group }, at) => ({
          ...group,
          color: label === null ? seriesColor(at) : cssColor(labelColor(label)),
        })),
        xLabel: metric,
      });
  return html`<figure class="card">
    <figcaption><h3>${title}</h3></figcaption>
    ${drawing}
    <p class="note">${note}</p>
  </figure>`;
}

function describe(groups: CasePlot['groups']): string {
  const sentences = groups.map(({ name, values }) => {
    const known = values.flatMap((value) => (value === null ? [] : [value]));
    if (known.length === 0) return `${name} has no value.`;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return `${name}: ${known.length} cases from ${low.toFixed(3)} to ${high.toFixed(3)}.`;
  });
  return sentences.join(' ');
}

function caseTable({ title, columns, rows, note, csv }: CaseTable, index: number): Html {
  const table = cardTable({
    id: `cases-${index + 1}`,
    title,
    columns: [{ title: 'Case', text: true }, ...columns],
    rows: rows.map(({ name, cells }) => ({
      name,
      cells: columns.map((column, at) => caseCell(cells[at] ?? null, column)),
    })),
    narrow: 'scroll',
  });
  return html`${table}
    <p class="note">
      ${note}
      <a download="cases.csv" href="data:text/csv;charset=utf-8,${encodeURIComponent(csv)}"
        >All that was measured, as CSV</a
      >
    </p>`;
}

function caseCell(
  cell: number | string | null,
  { digits, signed }: CaseTable['columns'][number],
): HtmlPart {
  if (cell === null) return null;
  return typeof cell === 'string'
    ? html`<span class="verdict worse">${cell}</span>`
    : fixed(cell, digits, signed);
}
