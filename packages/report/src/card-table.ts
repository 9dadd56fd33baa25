import { html, type Html, type HtmlPart } from './html.js';

/** A column of {@link cardTable}. */
export interface CardColumn {
  readonly title: string;
  /** Words, not numbers: set from the left. */
  readonly text?: boolean;
}

/** What {@link cardTable} lays out. */
export interface CardTable {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly CardColumn[];
  readonly rows: readonly {
    readonly className?: string;
    /** The name of the row: what stands in its first column. */
    readonly name: HtmlPart;
    /** One a column after the first. */
    readonly cells: readonly HtmlPart[];
  }[];
  /** `scroll` keeps the columns on a narrow screen, for tables with many rows; default `cards`. */
  readonly narrow?: 'cards' | 'scroll';
}

/**
 * A table; on a narrow screen each row becomes a card with the columns below each other, or the first
 * column stays while the others scroll.
 */
export function cardTable({ id, title, columns, rows, narrow = 'cards' }: CardTable): Html {
  return html`<h3 id="${id}" class="table-title">${title}</h3>
    <div
      class="${narrow === 'cards' ? 'scroll cards' : 'scroll wide'}"
      role="region"
      tabindex="0"
      aria-labelledby="${id}"
    >
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col" class="${column.text ? 'text' : ''}">${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ className = '', name, cells }) =>
              html`<tr class="${className}">
                <th scope="row">${name}</th>
                ${cells.map((cell, at) => tableCell(cell, columns[at + 1]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function tableCell(cell: HtmlPart, column: CardColumn | undefined): Html {
  return html`<td class="${column?.text ? 'text' : ''}" data-label="${column?.title ?? ''}">
    <div>${cell ?? html`<span class="none">–</span>`}</div>
  </td>`;
}
