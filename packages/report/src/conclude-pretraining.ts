/** What a pretraining measured last. */
export interface PretrainingFindings {
  /** The last evaluation, by metric, such as `hiddenError/model`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether it was measured on volumes that are not trained on. */
  readonly heldOut: boolean;
}

/** Ways to fill what is hidden that learn nothing, as metrics name them and as people do. */
const FILLS = [
  ['visibleMean', 'the mean of what is visible'],
  ['inpainting', 'interpolation'],
  ['atlas', 'the median of the training crops'],
] as const;

/** Below these, features have collapsed: all volumes look alike to the encoder. */
const COLLAPSED = { effectiveRank: 2, embeddingSpread: 0.05 };

/**
 * Says in plain words what a pretraining learned, from its last evaluation: whether it fills hidden
 * voxels better than ways that learn nothing, tells cases apart better than chance, and has features
 * that a linear probe reads more from than before training. One sentence a finding, one a line.
 */
export function concludePretraining(findings: PretrainingFindings): string {
  return [hiddenWords(findings), viewWords(findings), probeWords(findings)]
    .filter((words) => words !== '')
    .join('\n');
}

/** What of a pretraining must be read first: it lost to a way that learns nothing, or collapsed. */
export function pretrainingWarnings({ metrics }: PretrainingFindings): string[] {
  const { effectiveRank, embeddingSpread } = metrics;
  const collapsed =
    (effectiveRank !== undefined && !(effectiveRank >= COLLAPSED.effectiveRank)) ||
    (embeddingSpread !== undefined && !(embeddingSpread >= COLLAPSED.embeddingSpread));
  const broken = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  const lost = fillsOf(metrics).filter(({ gain }) => !(gain > 0));
  const names = lost.map(({ words }) => words).join(' nor ');
  return [
    ...(broken.length > 0
      ? [`Not a finite number at the end: ${broken.map(([name]) => name).join(', ')}.`]
      : []),
    ...(collapsed ? ['The features have collapsed: all volumes look alike to this encoder.'] : []),
    ...(lost.length > 0
      ? [
          `This pretraining does not beat ${names}, which ${lost.length > 1 ? 'learn' : 'learns'} nothing.`,
        ]
      : []),
  ];
}

/** The few numbers to remember of a pretraining. */
export function pretrainingHighlights({ metrics }: PretrainingFindings) {
  const shown = [
    ['Error on hidden voxels', metrics['hiddenError/model'], 3],
    ['… of interpolation', metrics['hiddenError/inpainting'], 3],
    ['Partners found', metrics['top1/model'], 2],
    ['Linear probe', metrics['linearProbe/encoder'], 3],
    ['Effective rank', metrics['effectiveRank'], 1],
  ] as const;
  return shown.flatMap(([label, value, digits]) =>
    value === undefined ? [] : [{ label, value: value.toFixed(digits) }],
  );
}

function hiddenWords({ metrics, heldOut }: PretrainingFindings): string {
  const error = metrics['hiddenError/model'];
  const fills = fillsOf(metrics);
  if (error === undefined || fills.length === 0) return '';
  const where = heldOut ? 'volumes that were not trained on' : 'crops of its own training volumes';
  const against = fills.map(
    ({ words, value, gain }) =>
      `${Math.abs(100 * gain).toFixed(0)} % ${gain > 0 ? 'below' : 'above'} ${words} (${digits(value)})`,
  );
  const lost = fills.filter(({ gain }) => !(gain > 0)).map(({ words }) => words);
  const verdict =
    lost.length === 0
      ? 'It beats every way to fill holes that learns nothing'
      : `It does not beat ${listed(lost)}`;
  return `${verdict}: its error on hidden voxels of ${where} is ${digits(error)}, ${listed(against)}.`;
}

function viewWords({ metrics }: PretrainingFindings): string {
  const { 'top1/model': found, 'top1/chance': chance } = metrics;
  if (found === undefined || chance === undefined) return '';
  const share = `${(100 * found).toFixed(0)} % of views`;
  const verdict = found > chance ? 'It tells cases apart' : 'It does not tell cases apart';
  return `${verdict}: it finds the partner of ${share}, where chance finds ${(100 * chance).toFixed(0)} %.`;
}

function probeWords({ metrics }: PretrainingFindings): string {
  const { 'linearProbe/encoder': now, 'linearProbe/untrained': before } = metrics;
  if (now === undefined || before === undefined) return '';
  const verdict = now > before ? 'more' : 'no more';
  return `A linear probe reads ${verdict} of the organs from its features than before training (variance explained ${digits(now)}, before ${digits(before)}).`;
}

/** Each fill that was measured, and by what share of its error the model is below it. */
function fillsOf(metrics: PretrainingFindings['metrics']) {
  const error = metrics['hiddenError/model'];
  if (error === undefined) return [];
  return FILLS.flatMap(([name, words]) => {
    const value = metrics[`hiddenError/${name}`];
    return value === undefined ? [] : [{ words, value, gain: 1 - error / value }];
  });
}

function digits(value: number): string {
  return value.toPrecision(3).replace('-', '−');
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
