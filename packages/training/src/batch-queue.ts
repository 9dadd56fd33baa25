/**
 * Hands out batches in the order of a run and loads some ahead, so that loading and computing
 * overlap.
 */
export class BatchQueue<Batch> {
  readonly #options: BatchQueueOptions<Batch>;
  readonly #ahead: Promise<Batch>[] = [];
  /** The next pass to load, counted from the first pass of the first step of a run. */
  #next: number;

  constructor(options: BatchQueueOptions<Batch>) {
    this.#options = options;
    this.#next = options.step * options.accumulate;
  }

  /** Starts loading what {@link next} will give; a failure shows there. */
  prefetch(): void {
    const { steps, accumulate, ahead } = this.#options;
    while (this.#ahead.length < ahead && this.#next < steps * accumulate) {
      const loading = this.#load();
      loading.catch(() => undefined);
      this.#ahead.push(loading);
    }
  }

  /** The next batch. */
  async next(): Promise<Batch> {
    return this.#ahead.shift() ?? this.#load();
  }

  #load(): Promise<Batch> {
    const { load, accumulate } = this.#options;
    const pass = this.#next++;
    return load(Math.floor(pass / accumulate), pass % accumulate);
  }
}

/** What a {@link BatchQueue} loads. */
export interface BatchQueueOptions<Batch> {
  readonly load: (step: number, pass: number) => Promise<Batch>;
  /** Passes of a step. */
  readonly accumulate: number;
  /** The first step. */
  readonly step: number;
  /** No batch is loaded ahead for this step and later ones. */
  readonly steps: number;
  /** Batches loaded ahead. */
  readonly ahead: number;
}
