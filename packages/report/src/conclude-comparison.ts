import { formatP } from './layout.js';
import type { Comparison, ComparisonRow } from './report-content.js';

/**
 * Says in plain words what a comparison shows, for `ReportContent.conclusion`. An interval that holds
 * 0 is called no clear difference, whatever its mean; a loss is called a loss. Where several pairs are
 * tested, p-values are not corrected, and the sentence says how many there are.
 */
export function concludeComparison(comparison: Comparison): string {
  const compared = comparison.rows.filter(({ difference }) => difference !== null);
  if (compared.length === 0)
    return 'There is nothing to compare: only one way of starting was run.';
  const sentences = compared.map((row) => sentenceOf(row, comparison));
  const many =
    compared.length > 1
      ? [`These are ${compared.length} comparisons; p-values are not corrected for that.`]
      : [];
  return [...sentences, ...many].join('\n');
}

function sentenceOf(row: ComparisonRow, comparison: Comparison): string {
  const { arm, labels, difference, pValue } = row;
  if (difference === null) return '';
  const { metric, baseline, confidence } = comparison;
  const size = Math.abs(difference.mean).toFixed(3);
  const range = `${Number((confidence * 100).toPrecision(3))} % interval ${signed(difference.low)} to ${signed(difference.high)}`;
  const test = pValue === null ? '' : `, p ${pValue < 0.001 ? '' : '= '}${formatP(pValue)}`;
  const detail = `(${range}${test}, ${row.cases} cases)`;
  const start = `With ${labels} labeled ${labels === 1 ? 'volume' : 'volumes'},`;
  if (difference.low <= 0 && difference.high >= 0) {
    return `${start} ${arm} and ${baseline} show no clear difference in ${metric} ${detail}.${speedOf(row, baseline)}`;
  }
  const direction = difference.mean > 0 ? 'above' : 'below';
  return `${start} ${arm} is ${size} ${metric} ${direction} ${baseline} ${detail}.${speedOf(row, baseline)}`;
}

function speedOf({ arm, convergence }: ComparisonRow, baseline: string): string {
  if (convergence === null || convergence.baselineSteps === null) return '';
  const { steps, baselineSteps } = convergence;
  return steps === null
    ? ` ${arm} never reached the best validation score of ${baseline}.`
    : ` ${arm} reached the best validation score of ${baseline} after ${steps} steps instead of ${baselineSteps}.`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
