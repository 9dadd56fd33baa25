import { type Comparison, type ComparisonRow, sizeOf, fixed } from '@voxmim/report';

/** A comparison as aligned text: one line per arm, number of labels and budget. */
export function formatComparison({ metric, rows, confidence }: Comparison): string {
  const interval = `${confidence * 100} % interval`;
  const hasBudgets = rows.some(({ budget }) => budget !== '');
  const header = [
    ...(hasBudgets ? ['budget'] : []),
    'labels',
    'arm',
    `${metric} (${interval})`,
    `against its baseline (${interval})`,
    'shown',
    'speed',
    'of',
  ];
  const lines = [
    header,
    ...rows.map((row) => [...(hasBudgets ? [row.budget] : []), ...cellsOf(row)]),
  ];
  const widths = header.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(row: ComparisonRow): string[] {
  const { labels, arm, score, difference, finding, speed } = row;
  return [
    String(labels),
    arm,
    `${score.mean.toFixed(3)} [${score.low.toFixed(3)}, ${score.high.toFixed(3)}]`,
    difference
      ? `${fixed(difference.mean, 3, true)} [${fixed(difference.low, 3, true)}, ${fixed(difference.high, 3, true)}]`
      : '–',
    finding ?? '–',
    speed?.speedUp
      ? `${speed.speedUp.mean.toFixed(2)} [${speed.speedUp.low.toFixed(2)}, ${speed.speedUp.high.toFixed(2)}]`
      : '–',
    sizeOf(row),
  ];
}
