import { type ModelDifference, verdictOf, fixed, formatP } from '@voxmim/report';
import type { RunComparison } from './compare-runs.js';

/** A comparison as aligned text: one line a class, metric and model. */
export function formatRunComparison({
  cases,
  differences,
  conclusion,
  warnings,
}: RunComparison): string {
  const { baseline, rows, test, confidence } = differences;
  const several = new Set(rows.map(({ model }) => model)).size > 1;
  const header = [
    ...['class', 'metric', baseline],
    several ? 'model' : (rows[0]?.model ?? ''),
    ...(several ? ['score'] : []),
    `difference (${confidence * 100} % interval)`,
    ...['p', 'cases', ''],
  ];
  const table = aligned([header, ...rows.map((row) => cellsOf(row, several))]);
  return [
    ...table,
    `${cases.length} shared cases; p by ${test}, not corrected.`,
    '',
    ...warnings.map((warning) => `! ${warning}`),
    ...(warnings.length > 0 ? [''] : []),
    conclusion,
  ].join('\n');
}

function cellsOf(row: ModelDifference, several: boolean): string[] {
  const { name, metric, unit, digits, difference, pValue, pairs, model } = row;
  const signed = (value: number) => fixed(value, digits, true);
  const verdict = verdictOf(row);
  const score = fixed(row.score, digits);
  return [
    name,
    unit === '' ? metric : `${metric} ${unit}`,
    fixed(row.baseline, digits),
    ...(several ? [model, score] : [score]),
    `${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}]`,
    pValue === null ? '–' : formatP(pValue),
    String(pairs),
    verdict === 'unclear' ? '' : verdict,
  ];
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
