import { cardTable } from './card-table.js';
import type { Comparison, ComparisonRow } from './comparison-content.js';
import { sizeOf } from './conclude-comparison.js';
import { html, type Html } from './html.js';
import { fixed, interval } from './layout.js';

const WORDS = { gain: 'clear gain', loss: 'clear loss', unclear: 'not clear' } as const;

/** Score, difference, speed and what they show, one row an arm. */
export function comparisonTable({ metric, rows }: Comparison): Html {
  const table = cardTable({
    id: 'comparison-table',
    title: `${metric} of each arm and its difference from its baseline`,
    columns: [
      { title: 'Arm', text: true },
      ...['Labels', metric, 'Difference', 'Shown', 'Speed', 'Area'].map((title) => ({ title })),
    ],
    rows: rows.map((row, index) => ({
      className: rows[index - 1]?.labels === row.labels ? '' : 'group',
      name: html`${row.arm} <span class="range">${sizeOf(row)}</span>`,
      cells: [
        placeOf(row),
        interval(row.score, 3),
        interval(row.difference, 3, true),
        row.finding === null ? null : WORDS[row.finding],
        speedCell(row),
        interval(row.area?.difference ?? null, 3, true),
      ],
    })),
  });
  return html`${table}
    <p class="note">
      Difference: ${metric} minus that of the baseline on the same case and seed. Shown: clear only
      where the interval excludes 0, more than one seed was run and it holds for every pretraining
      alone. Speed: steps of the baseline to 95 % of its final smoothed validation score, over those
      of the arm; a run that never arrived counts with all its steps. Area: difference of the mean
      height of validation curves.
    </p>`;
}

/** The difference of every seed and pretraining: an effect that one of them makes is none. */
export function seedTable({ rows }: Comparison): Html | null {
  const compared = rows.filter(({ ofSeeds }) => ofSeeds.length > 1);
  if (compared.length === 0) return null;
  return cardTable({
    id: 'seed-table',
    title: 'Difference of each seed',
    columns: [
      { title: 'Arm', text: true },
      { title: 'Labels' },
      { title: 'Differences', text: true },
    ],
    rows: compared.map((row) => ({
      name: row.arm,
      cells: [placeOf(row), row.ofSeeds.map((entry) => seedText(entry, row)).join('; ')],
    })),
  });
}

/** Every class of every arm, and what got worse. */
export function classTable({ rows, metric }: Comparison): Html | null {
  const compared = rows.filter(({ classes }) => classes.length > 0);
  if (compared.length === 0) return null;
  return cardTable({
    id: 'class-table',
    title: `${metric} by class, and what got worse`,
    columns: [
      { title: 'Arm', text: true },
      { title: 'Labels' },
      { title: 'Class', text: true },
      ...[metric, 'Baseline', 'Difference', 'Shown'].map((title) => ({ title })),
    ],
    rows: compared.flatMap((row) =>
      row.classes.map(({ name, score, baseline, difference, finding }, index) => ({
        className: index === 0 ? 'group' : '',
        name: row.arm,
        cells: [
          placeOf(row),
          name,
          fixed(score, 3),
          fixed(baseline, 3),
          interval(difference, 3, true),
          WORDS[finding],
        ],
      })),
    ),
  });
}

function seedText(
  { seed, pretraining, difference }: ComparisonRow['ofSeeds'][number],
  { pretrainings }: ComparisonRow,
): string {
  const from = pretraining === null || pretrainings < 2 ? '' : `, pretraining ${pretraining}`;
  return `${fixed(difference, 3, true)} (seed ${seed}${from})`;
}

function speedCell({ speed }: ComparisonRow): Html | null {
  if (!speed?.speedUp) return null;
  const { speedUp, reached } = speed;
  return html`<span class="mean">${speedUp.mean.toFixed(2)}×</span>
    <span class="range"
      >${speedUp.low.toFixed(2)} to ${speedUp.high.toFixed(2)}, ${reached[0]} of ${reached[1]}
      arrived</span
    >`;
}

function placeOf({ labels, budget }: ComparisonRow): string {
  return budget === '' ? String(labels) : `${labels}, ${budget}`;
}
