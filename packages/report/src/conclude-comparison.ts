import type { Comparison, ComparisonRow } from './comparison-content.js';
import { fixed, percent } from './layout.js';

/**
 * Says in plain words what a comparison shows, for `ReportContent.conclusion`. A difference is called
 * one only where it is clear; a loss is called a loss. Seeds, pretrainings and cases stand in each
 * sentence, and where there are several, how many of them would look clear by chance.
 */
export function concludeComparison(comparison: Comparison): string {
  const compared = comparison.rows.filter(({ difference }) => difference !== null);
  const studied = compared.filter(({ diagnostic }) => diagnostic === null);
  if (compared.length === 0) return 'There is nothing to compare: only one arm was run.';
  return [
    ...studied.map((row) => sentenceOf(row, comparison)),
    ...summaryOf(studied, comparison),
    ...compared
      .filter(({ diagnostic }) => diagnostic !== null)
      .map((row) => diagnosisOf(row, comparison)),
  ].join('\n');
}

function sentenceOf(row: ComparisonRow, { metric, confidence }: Comparison): string {
  const { baseline, difference } = row;
  if (difference === null || baseline === null) return '';
  const detail = `(${percent(confidence)} interval ${fixed(difference.low, 3, true)} to ${fixed(difference.high, 3, true)}; ${sizeOf(row)})`;
  const parts = [`${startOf(row)} ${verdictOf(row, metric)} ${detail}.`];
  return [...parts, doubtOf(row), worseOf(row), speedOf(row)].filter(Boolean).join(' ');
}

function verdictOf({ arm, baseline, finding, difference }: ComparisonRow, metric: string): string {
  if (finding === 'unclear') return `${arm} and ${baseline} show no clear difference in ${metric}`;
  const size = Math.abs(difference?.mean ?? 0).toFixed(3);
  return `${arm} is ${size} ${metric} ${finding === 'gain' ? 'above' : 'below'} ${baseline}`;
}

/** `5 seeds, 2 pretrainings, 40 cases` */
export function sizeOf({ seeds, pretrainings, cases }: ComparisonRow): string {
  return [
    count(seeds, 'seed'),
    ...(pretrainings > 0 ? [count(pretrainings, 'pretraining')] : []),
    count(cases, 'case'),
  ].join(', ');
}

function startOf({ labels, budget }: ComparisonRow): string {
  const volumes = `With ${labels} labeled ${labels === 1 ? 'volume' : 'volumes'}`;
  return budget === '' ? `${volumes},` : `${volumes} and the budget "${budget}",`;
}

function doubtOf({ doubt, difference, ofPretrainings }: ComparisonRow): string {
  if (doubt === 'oneSeed')
    return `The mean is ${fixed(difference?.mean ?? 0, 3, true)}, but one seed cannot tell an effect from the luck of a run.`;
  if (doubt !== 'pretraining') return '';
  const each = ofPretrainings.map((entry) => fixed(entry.difference.mean, 3, true)).join(', ');
  return `Together the pretrainings differ from it, but not each alone: ${each}.`;
}

function worseOf({ classes }: ComparisonRow): string {
  const worse = classes.filter(({ finding }) => finding === 'loss');
  if (worse.length === 0) return '';
  const named = worse.map(({ name, difference }) => `${name} (${fixed(difference.mean, 3, true)})`);
  return `Worse: ${named.join(', ')}.`;
}

function speedOf({ arm, baseline, speed }: ComparisonRow): string {
  if (!speed) return '';
  const { speedUp, reached, baselineReached } = speed;
  const arrived = `${reached[0]} of ${reached[1]} runs arrived, of ${baseline} ${baselineReached[0]} of ${baselineReached[1]}`;
  if (speedUp === null) return '';
  const range = `interval ${speedUp.low.toFixed(2)} to ${speedUp.high.toFixed(2)}; ${arrived}`;
  if (speedUp.low <= 1 && speedUp.high >= 1)
    return `There is no clear difference in steps to 95 % of the final score of ${baseline} (${speedUp.mean.toFixed(2)} times as fast, ${range}).`;
  return `${arm} needed ${Math.round(speed.steps)} steps in place of ${Math.round(speed.baselineSteps)} to 95 % of the final score of ${baseline}: ${speedUp.mean.toFixed(2)} times as fast (${range}).`;
}

function summaryOf(rows: readonly ComparisonRow[], { confidence }: Comparison): string[] {
  if (rows.length === 0) return [];
  const gains = rows.filter(({ finding }) => finding === 'gain').length;
  const losses = rows.filter(({ finding }) => finding === 'loss').length;
  const verdict =
    gains > 0
      ? `${count(gains, 'clear gain')} and ${count(losses, 'clear loss', 'clear losses')} in ${count(rows.length, 'comparison')}.`
      : losses > 0
        ? `No gain: ${count(losses, 'clear loss', 'clear losses')} in ${count(rows.length, 'comparison')}.`
        : `No gain and no loss was shown in ${count(rows.length, 'comparison')}.`;
  const chance =
    rows.length > 1
      ? ` If nothing differed, about 1 in ${Math.round(1 / (1 - confidence))} such intervals would exclude 0 all the same.`
      : '';
  return [verdict + chance];
}

function diagnosisOf(row: ComparisonRow, { metric }: Comparison): string {
  const { arm, baseline, difference, score, diagnostic } = row;
  const what =
    diagnostic === 'identity'
      ? 'without an encoder (each cell a linear map of its own voxels)'
      : 'with the encoder frozen';
  return `${startOf(row)} ${arm}, ${what}, has ${score.mean.toFixed(3)} ${metric}, ${fixed(difference?.mean ?? 0, 3, true)} against ${baseline}.`;
}

function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
