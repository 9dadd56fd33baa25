/** Cells of a CSV line by column. */
export type CsvRow = Readonly<Record<string, string | number | null | undefined>>;

/**
 * Rows as CSV with a header line (RFC 4180). Columns are those of all rows, in the order in which they
 * first come; what a row lacks, or has as null, is empty. What is not finite reads `NaN` or `Infinity`,
 * which numpy, pandas and R understand. A text that a spreadsheet would take for a formula, as a name of a case can be,
 * gets an apostrophe before it.
 */
export function csvOf(rows: readonly CsvRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => quote(textOf(row[column]))));
  return [columns.map((column) => quote(textOf(column))), ...lines]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
}

function textOf(value: CsvRow[string]): string {
  const text = String(value ?? '');
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
