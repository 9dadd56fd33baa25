import type { Interval } from './bootstrap.js';
import type { MetricName } from './score.js';
import type { Summary } from './summarize.js';

const COLUMNS: readonly { metric: MetricName; title: string; digits: number }[] = [
  { metric: 'dice', title: 'Dice', digits: 3 },
  { metric: 'nsd', title: 'NSD', digits: 3 },
  { metric: 'hd95', title: 'HD95 mm', digits: 1 },
  { metric: 'assd', title: 'ASSD mm', digits: 2 },
];

/**
 * A summary as aligned text: means with intervals, one line a class. A dash stands where no case has
 * a value; what was left out is said below the table.
 */
export function formatTable(summary: Summary): string {
  const header = ['class', ...COLUMNS.map(({ title }) => title)];
  const rows = summary.classes.map(({ name, metrics }) => [
    name,
    ...COLUMNS.map(({ metric, digits }) => cell(metrics[metric], digits)),
  ]);
  const mean = ['mean', ...COLUMNS.map(({ metric, digits }) => cell(summary.mean[metric], digits))];
  return [...align([header, ...rows, mean]), ...notes(summary)].join('\n');
}

function cell({ mean, low, high }: Interval, digits: number): string {
  if (!Number.isFinite(mean)) return '–';
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

function notes({ classes, policy, cases, confidence }: Summary): string[] {
  const kind = policy === 'nnunet' ? 'class means' : 'case means';
  return [
    `${cases} ${cases === 1 ? 'case' : 'cases'}, ${+(100 * confidence).toFixed(2)} % bootstrap intervals; classes missing from the truth: ${policy} policy, mean of ${kind}.`,
    ...classes.flatMap(({ name, metrics: { dice, hd95 } }) => [
      ...(dice.undefinedCases > 0
        ? [
            `${name}: ${dice.undefinedCases} of ${cases} cases have no Dice and are not in its mean.`,
          ]
        : []),
      ...(hd95.infiniteCases > 0
        ? [
            `${name}: in ${hd95.infiniteCases} of ${cases} cases only one of truth and prediction has it; their distances are infinite and not in the mean.`,
          ]
        : []),
    ]),
  ];
}
