import type { Comparison, ComparisonRow } from '@voxmim/report';

/** A comparison as aligned text: one line per arm and number of labels. */
export function formatComparison({ metric, baseline, rows, test, confidence }: Comparison): string {
  const interval = `${confidence * 100} % interval`;
  const header = [
    'labels',
    'start',
    `${metric} (${interval})`,
    `against ${baseline} (${interval})`,
    'p',
    'steps to the same Dice',
  ];
  const lines = [header, ...rows.map(cellsOf)];
  const widths = header.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const cases = Math.max(...rows.map((row) => row.cases));
  return [...table, `${cases} test cases; p by ${test}.`].join('\n');
}

function cellsOf({ labels, arm, score, difference, pValue, convergence }: ComparisonRow): string[] {
  return [
    String(labels),
    arm,
    `${score.mean.toFixed(3)} [${score.low.toFixed(3)}, ${score.high.toFixed(3)}]`,
    difference
      ? `${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}]`
      : '–',
    pValue === null ? '–' : pValue < 0.001 ? '<0.001' : pValue.toFixed(3),
    convergence
      ? `${convergence.steps ?? 'never'} instead of ${convergence.baselineSteps ?? 'never'}`
      : '–',
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
