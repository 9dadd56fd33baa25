import type { ModelDifference, ModelDifferences } from './case-content.js';
import { verdictOf } from './difference-section.js';
import { fixed, formatP, percent } from './layout.js';

/**
 * Says in plain words where models are better and worse than the one they are compared with: the mean
 * first, then every class whose interval of the difference excludes 0, in any metric, what got worse
 * before what got better. Harm to a class is told even where the mean shows none.
 */
export function concludeDifferences({ rows, baseline, confidence }: ModelDifferences): string {
  const models = [...new Set(rows.map(({ model }) => model))];
  const sentences = models.flatMap((model) => {
    const own = rows.filter((row) => row.model === model);
    const mean = own.find(({ label, metric }) => label === null && metric === 'Dice');
    return [
      ...(mean ? [meanWords(mean, baseline, confidence)] : []),
      ...classWords({ rows, baseline, confidence }, model),
    ];
  });
  return sentences.join('\n');
}

/**
 * One or two sentences on the classes of a model alone, without the mean: what got worse, and what got
 * better, each with its interval; or that nothing is clear.
 */
export function classWords(
  { rows, baseline, confidence }: Pick<ModelDifferences, 'rows' | 'baseline' | 'confidence'>,
  model: string,
): string[] {
  const own = rows.filter((row) => row.model === model && row.label !== null);
  if (own.length === 0) return [];
  const told = (verdict: 'worse' | 'better') => {
    const found = own.filter((row) => verdictOf(row) === verdict);
    if (found.length === 0) return [];
    const list = found.map(differenceWords).join('; ');
    return [
      `${model} is ${verdict} than ${baseline} in ${list} (${percent(confidence)} intervals).`,
    ];
  };
  const sentences = [...told('worse'), ...told('better')];
  if (sentences.length === 0)
    return [`No class is clearly better or worse under ${model} in ${metricsOf(own)}.`];
  const chance = Math.round(own.length * (1 - confidence) * 10) / 10;
  return [
    ...sentences,
    `${own.length} intervals were looked at; about ${chance} of them would exclude 0 by chance alone.`,
  ];
}

function meanWords(row: ModelDifference, baseline: string, confidence: number): string {
  const { model, difference, pairs, pValue } = row;
  const range = `${percent(confidence)} interval ${fixed(difference.low, 3, true)} to ${fixed(difference.high, 3, true)}`;
  const test = pValue === null ? '' : `, p ${pValue < 0.001 ? '' : '= '}${formatP(pValue)}`;
  const detail = `(${range}${test}, ${pairs} ${pairs === 1 ? 'case' : 'cases'})`;
  const scores = `${fixed(row.score, 3)} against ${fixed(row.baseline, 3)}`;
  if (verdictOf(row) === 'unclear')
    return `${model} and ${baseline} show no clear difference in mean Dice: ${scores} ${detail}.`;
  const direction = difference.mean > 0 ? 'above' : 'below';
  return `${model} is ${fixed(Math.abs(difference.mean), 3)} mean Dice ${direction} ${baseline}: ${scores} ${detail}.`;
}

function differenceWords({ name, metric, unit, digits, difference }: ModelDifference): string {
  const size = [fixed(difference.mean, digits, true), ...(unit === '' ? [] : [unit])].join(' ');
  const range = `${fixed(difference.low, digits, true)} to ${fixed(difference.high, digits, true)}`;
  return `${name}, ${metric} ${size} [${range}]`;
}

function metricsOf(rows: readonly ModelDifference[]): string {
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const last = metrics.at(-1) ?? '';
  return metrics.length < 2 ? last : `${metrics.slice(0, -1).join(', ')} or ${last}`;
}
