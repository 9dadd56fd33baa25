import { csvOf, type CsvRow } from './csv.js';
import type { CaseMetrics } from './evaluate-case.js';
import { metricNames, type MetricName } from './score.js';

/** One class of one case, flat: for tables, CSV and data frames. */
export interface CaseRow extends Readonly<Record<MetricName, number>> {
  readonly case: string;
  readonly class: string;
  readonly predictedVoxels: number;
  readonly truthVoxels: number;
}

/** Every class of every case as one flat row. Values are as measured: no policy is applied. */
export function caseRows(cases: readonly CaseMetrics[]): CaseRow[] {
  return cases.flatMap(({ id, classes }) =>
    classes.map(({ name, ...measured }) => ({ case: id, class: name, ...measured })),
  );
}

const COLUMNS = ['case', 'class', 'predictedVoxels', 'truthVoxels', ...metricNames] as const;

/** {@link caseRows} with their columns in the order of a table. */
export function caseCells(cases: readonly CaseMetrics[]): CsvRow[] {
  return caseRows(cases).map((row) =>
    Object.fromEntries(COLUMNS.map((column) => [column, row[column]])),
  );
}

/**
 * {@link caseRows} as CSV with a header line (RFC 4180). What is not finite reads `NaN` or `Infinity`,
 * which numpy, pandas and R understand.
 */
export function formatCsv(cases: readonly CaseMetrics[]): string {
  const rows = caseCells(cases);
  return rows.length > 0 ? csvOf(rows) : `${COLUMNS.join(',')}\r\n`;
}
