/** The width that a line may have. */
const WIDTH = 110;

/** What an evaluation tells, by its numbers; left out where one of these is missing. */
type Fact = (metrics: Metrics) => string | undefined;
type Metrics = Readonly<Record<string, number>>;

/** Ways to fill holes without having learned, by metric. */
const GUESSES = {
  'hiddenError/visibleMean': 'mean of the visible',
  'hiddenError/inpainting': 'interpolation',
  'hiddenError/atlas': 'median crop',
} as const;

/** The most telling first: what does not fit the line is left out from the end. */
const FACTS: readonly Fact[] = [
  ({ dice }) => told`mean Dice ${dice}`,
  (metrics) => hiddenError(metrics),
  (metrics) => loss(metrics),
  ({ 'linearProbe/encoder': probe, 'linearProbe/untrained': before }) =>
    told`linear probe ${probe} (untrained ${before})`,
  ({ 'top1/model': found, 'top1/chance': chance }) =>
    told`${percent(found)} of partners found (chance ${percent(chance)})`,
  ({ effectiveRank }) => told`${effectiveRank?.toFixed(1)} directions in use`,
  (metrics) => others(metrics),
];

/** Groups and names that have words above, or stand in the report alone. */
const WORDED =
  /^(dice|loss|effectiveRank|embeddingSpread|(hiddenError|ablation|levelRms|linearProbe|top1|similarity)\/.*)$/;

/** What an evaluation found, in words, on one line: the whole of it is in the log and the report. */
export function evaluationLine(step: number, metrics: Metrics, isBest: boolean): string {
  const mark = isBest ? ' – best so far' : '';
  const facts = FACTS.flatMap((fact) => fact(metrics) ?? []);
  let line = `step ${step.toLocaleString('en-US')}`;
  for (const [index, fact] of facts.entries()) {
    const next = `${line}${index === 0 ? ': ' : ', '}${fact}`;
    if (index > 0 && next.length + mark.length > WIDTH) break;
    line = next;
  }
  return `${line}${mark}`;
}

function hiddenError(metrics: Metrics): string | undefined {
  const guesses = Object.entries(GUESSES).flatMap(([metric, name]) => {
    const error = metrics[metric];
    return error === undefined ? [] : [{ name, error }];
  });
  const best = guesses.sort((left, right) => left.error - right.error).at(0);
  const error = told`error ${metrics['hiddenError/model']} on what is hidden`;
  return error && best ? `${error} (${best.name} ${best.error.toFixed(3)})` : error;
}

/** Not where it is the error on what is hidden, which is said. */
function loss({ loss: value, 'hiddenError/model': error }: Metrics): string | undefined {
  const isSaid = value?.toFixed(3) === error?.toFixed(3);
  return isSaid ? undefined : told`loss ${value}`;
}

/** Metrics of other tasks, by their own names. */
function others(metrics: Metrics): string | undefined {
  const own = Object.entries(metrics).filter(([name]) => !WORDED.test(name));
  const words = own.map(([name, value]) => `${plain(name)} ${value.toFixed(3)}`);
  return words.length > 0 ? words.join(', ') : undefined;
}

/** `balancedAccuracy` as `balanced accuracy`. */
function plain(name: string): string {
  return name.replace('/', ' of ').replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`); // prettier-ignore
}

function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : `${Math.round(100 * share)} %`;
}

/** A text with its numbers at three digits; undefined where one is missing. */
function told(
  texts: TemplateStringsArray,
  ...values: readonly (number | string | undefined)[]
): string | undefined {
  if (values.includes(undefined)) return undefined;
  const shown = values.map((value) => (typeof value === 'number' ? value.toFixed(3) : value));
  return texts.map((text, index) => `${text}${shown[index] ?? ''}`).join('');
}
