import { cardTable } from './card-table.js';
import { html, type Html } from './html.js';
import { interval, section } from './layout.js';
import { classSwatch } from './picture-section.js';
import type { ScoreTable } from './report-content.js';

/** Scores per class, each with its interval. */
export function scoreSection(tables: readonly ScoreTable[]): Html | null {
  if (tables.length === 0) return null;
  return section('scores', 'Scores per class', tables.map(scoreTable));
}

function scoreTable({ title, columns, rows, note }: ScoreTable, index: number): Html {
  const table = cardTable({
    id: `scores-${index + 1}`,
    title,
    columns: [{ title: 'Class', text: true }, ...columns],
    rows: rows.map(({ name, label, cells }) => ({
      className: label === null ? 'total' : '',
      name: [label === null ? null : classSwatch(label), name],
      cells: columns.map(({ digits }, at) => interval(cells[at] ?? null, digits)),
    })),
  });
  return html`${table}
    <p class="note">${note}</p>`;
}
