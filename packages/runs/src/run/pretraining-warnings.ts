/** Below these, features have collapsed. */
const COLLAPSED = { effectiveRank: 2, embeddingSpread: 0.05 };

/** A rise of the loss below this is none: what was taken away was not used. */
const UNUSED = 0.01;

/** Features of a level that are larger than this, root mean square, have outgrown a new head. */
const GROWN = 5;

type Metrics = Readonly<Record<string, number>>;

/** Puts into words what the measures of a validation give cause to worry about, each thing once. */
export class PretrainingWarnings {
  readonly #tell: (text: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** @param step of the validation; measures before the first one worry nobody */
  look(metrics: Metrics, step: number): void {
    this.#once('collapse', collapse(metrics));
    if (step === 0) return;
    this.#once('growth', growth(metrics));
    const unused = placesUnused(metrics);
    this.#once('places', unused && `Step ${step}: ${unused}`);
    if (this.#told.has('places') && unused === undefined)
      this.#once('placesUsed', `Step ${step}: the model now uses where visible tokens lie.`);
  }

  /** Says at the end what is still so. */
  conclude(metrics: Metrics): void {
    const unused = placesUnused(metrics);
    if (unused === undefined) return;
    this.#tell(
      `At the end, too, ${unused} What this encoder was taught is of little use to a segmentation: train ` +
        'longer, with more room for crops to move, or on larger crops.',
    );
  }

  #once(about: string, text: string | undefined): void {
    if (text === undefined || this.#told.has(about)) return;
    this.#told.add(about);
    this.#tell(text);
  }
}

function collapse(metrics: Metrics): string | undefined {
  for (const [name, least] of Object.entries(COLLAPSED)) {
    const value = metrics[name];
    if (value === undefined || value >= least) continue;
    return (
      `Features have collapsed: ${name} is ${value.toFixed(2)}, below ${least}. ` +
      'Lower the learning rate, or give a contrastive objective more negatives or stronger augmentation.'
    );
  }
  return undefined;
}

function growth(metrics: Metrics): string | undefined {
  const sizes = Object.entries(metrics).filter(([name]) => name.startsWith('levelRms/'));
  const largest = sizes.reduce((most, [, value]) => Math.max(most, value), 0);
  if (largest <= GROWN) return undefined;
  return (
    `The features of the encoder have grown to ${largest.toFixed(1)} (root mean square; above ${GROWN} a head ` +
    'that is new beside them learns slowly). from.rescale, on by default, mends it where they are handed over; ' +
    'a lower learning rate prevents it.'
  );
}

function placesUnused(metrics: Metrics): string | undefined {
  const shuffled = metrics['ablation/shuffledTokens'];
  if (shuffled === undefined || shuffled >= UNUSED) return undefined;
  return (
    'the loss is the same when visible tokens change places ' +
    `(${percent(shuffled)}): the model has learned an average picture, not yet what lies where.`
  );
}

function percent(share: number): string {
  const size = Math.abs(100 * share).toFixed(1);
  const sign = Number(size) === 0 ? '' : share < 0 ? '−' : '+';
  return `${sign}${size} %`;
}
