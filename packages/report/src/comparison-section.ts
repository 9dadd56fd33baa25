import { armColors, comparisonCharts } from './comparison-charts.js';
import type { Comparison } from './comparison-content.js';
import { classTable, comparisonTable, seedTable } from './comparison-tables.js';
import { html, type Html } from './html.js';
import { chartLegend, percent, section } from './layout.js';

/** Every arm against its baseline: charts over labels, axes, steps and cases, and the tables behind. */
export function comparisonSection(comparison: Comparison | null): Html | null {
  if (comparison === null || comparison.rows.length === 0) return null;
  return section(
    'comparison',
    'What pretraining bought',
    html`${chartLegend(armColors(comparison))}
      <div class="charts">${comparisonCharts(comparison)}</div>
      <p class="note">${percent(comparison.confidence)} intervals. ${comparison.note}</p>
      ${comparisonTable(comparison)} ${seedTable(comparison)} ${classTable(comparison)}`,
  );
}
