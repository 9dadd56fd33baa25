import type { ModelDifference, ModelDifferences } from './case-content.js';
import { cardTable } from './card-table.js';
import { differenceChart } from './difference-chart.js';
import { html, type Html } from './html.js';
import { fixed, formatP, interval, percent, section } from './layout.js';
import { classSwatch } from './picture-section.js';

/** Every class and metric of models against one of them: who gains, who loses. */
export function differenceSection(differences: ModelDifferences | null): Html | null {
  if (differences === null || differences.rows.length === 0) return null;
  const { rows, note, test, confidence, baseline } = differences;
  const models = [...new Set(rows.map(({ model }) => model))];
  return section(
    'differences',
    'What got better and worse',
    html`<div class="charts">
        ${models.flatMap((model, index) => diceChart(differences, model, index) ?? [])}
      </div>
      ${models.map((model, index) => {
        const own = rows.filter((row) => row.model === model);
        return differenceTable({ ...differences, rows: own }, model, index);
      })}
      <p class="note">
        Difference: of ${baseline} on the same case, with ${percent(confidence)} intervals over
        cases. p: ${test}, not corrected for the number of rows. ${note}
      </p>`,
  );
}

function diceChart({ rows, baseline }: ModelDifferences, model: string, index: number) {
  const dice = rows.filter((row) => row.model === model && row.metric === 'Dice');
  if (dice.length === 0) return null;
  const title = `Dice of ${model} above or below ${baseline}`;
  const description = dice.map(
    ({ name, difference: { mean, low, high } }) =>
      `${name}: ${fixed(mean, 3, true)}, ${fixed(low, 3, true)} to ${fixed(high, 3, true)}.`,
  );
  return html`<figure class="card">
    <figcaption><h3>${title}</h3></figcaption>
    ${differenceChart({
      id: `class-differences-${index + 1}`,
      title,
      description: description.join(' '),
      rows: dice,
      xLabel: `Dice minus that of ${baseline}`,
    })}
    <p class="note">Gray: the interval holds 0, so no difference is shown.</p>
  </figure>`;
}

function differenceTable({ rows, baseline }: ModelDifferences, model: string, index: number): Html {
  return cardTable({
    id: `difference-table-${index + 1}`,
    title: `${model} against ${baseline}`,
    columns: [
      { title: 'Class', text: true },
      { title: 'Metric', text: true },
      ...['Difference', 'p', model, baseline, 'Cases'].map((title) => ({ title })),
    ],
    rows: rows.map((row, at) => ({
      className: rows[at - 1]?.name !== row.name ? 'group' : '',
      name: [row.label === null ? null : classSwatch(row.label), row.name],
      cells: [
        row.unit === '' ? row.metric : `${row.metric}, ${row.unit}`,
        [interval(row.difference, row.digits, true) ?? '', verdictMark(row)],
        row.pValue === null ? null : formatP(row.pValue),
        fixed(row.score, row.digits),
        fixed(row.baseline, row.digits),
        row.pairs,
      ],
    })),
  });
}

function verdictMark(row: ModelDifference): Html | null {
  const verdict = verdictOf(row);
  return verdict === 'unclear' ? null : html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** Whether the interval of a difference excludes 0, and to which side. */
export function verdictOf({
  difference,
  higherIsBetter,
}: Pick<ModelDifference, 'difference' | 'higherIsBetter'>): 'better' | 'worse' | 'unclear' {
  if (difference.low > 0) return higherIsBetter ? 'better' : 'worse';
  if (difference.high < 0) return higherIsBetter ? 'worse' : 'better';
  return 'unclear';
}
