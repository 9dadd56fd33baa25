import type { TransferEntry, TransferReport } from './transfer-weights.js';

/**
 * A transfer as a plain-text table: one line per outcome with its number of tensors and values,
 * below it every tensor that was adapted or is missing, and the unused ones that are worth a word.
 */
export function formatTransferTable(report: TransferReport): string {
  const rows = outcomes.map((outcome) => row(outcome, report[outcome]));
  const details = outcomes
    .filter((outcome) => outcome !== 'matched' && outcome !== 'fresh')
    .flatMap((outcome) =>
      report[outcome]
        .filter(({ note }) => outcome !== 'unused' || note !== undefined)
        .map((entry) => detail(outcome, entry)),
    );
  return [
    `weights from ${report.path}, coverage ${(100 * report.coverage).toFixed(1)} %`,
    `${'outcome'.padEnd(9)}${'tensors'.padStart(9)}${'values'.padStart(13)}`,
    ...rows,
    ...details,
  ].join('\n');
}

const outcomes = ['matched', 'adapted', 'missing', 'unused', 'fresh'] as const;
type Outcome = (typeof outcomes)[number];

function row(outcome: Outcome, list: readonly TransferEntry[]): string {
  const values = list.reduce((sum, { shape }) => sum + shape.reduce((size, n) => size * n, 1), 0);
  const grouped = values.toLocaleString('en-US');
  return `${outcome.padEnd(9)}${String(list.length).padStart(9)}${grouped.padStart(13)}`;
}

function detail(outcome: Outcome, { name, shape, note = '' }: TransferEntry): string {
  return `  ${outcome}: ${name} [${shape.join(', ')}] ${note}`.trimEnd();
}
