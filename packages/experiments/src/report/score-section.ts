import { html, type Html } from './html.js';
import { intervalCell, section } from './layout.js';
import { classSwatch } from './picture-section.js';
import type { ScoreTable } from './report-content.js';

/** Scores per class, each with its interval. */
export function scoreSection(tables: readonly ScoreTable[]): Html | null {
  if (tables.length === 0) return null;
  return section('scores', 'Scores per class', tables.map(scoreTable));
}

function scoreTable({ title, columns, rows, note }: ScoreTable, index: number): Html {
  const id = `scores-${index + 1}`;
  return html`<h3 id="${id}" class="table-title">${title}</h3>
    <div class="scroll" tabindex="0">
      <table aria-labelledby="${id}">
        <thead>
          <tr>
            <th scope="col" class="text">Class</th>
            ${columns.map((column) => html`<th scope="col">${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, label, cells }) =>
              html`<tr class="${label === null ? 'total' : ''}">
                <th scope="row">${label === null ? null : classSwatch(label)}${name}</th>
                ${columns.map(({ digits }, index) => intervalCell(cells[index] ?? null, digits))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">${note}</p>`;
}
