/**
 * Hands out batches in the order of a run and loads one ahead, so that loading and computing
 * overlap.
 */
export class BatchQueue<Batch> {
  readonly #load: (step: number, pass: number) => Promise<Batch>;
  readonly #accumulate: number;
  readonly #steps: number;
  #step: number;
  #pass = 0;
  #ahead: Promise<Batch> | undefined;

  /** @param step the first step @param steps no batch is loaded for this step and later ones */
  constructor(
    load: (step: number, pass: number) => Promise<Batch>,
    accumulate: number,
    step: number,
    steps: number,
  ) {
    this.#load = load;
    this.#accumulate = accumulate;
    this.#step = step;
    this.#steps = steps;
  }

  /** Starts loading what {@link next} will give; a failure shows there. */
  prefetch(): void {
    if (this.#ahead || this.#step >= this.#steps) return;
    this.#ahead = this.#load(this.#step, this.#pass);
    this.#ahead.catch(() => undefined);
  }

  /** The next batch. */
  async next(): Promise<Batch> {
    const batch = await (this.#ahead ?? this.#load(this.#step, this.#pass));
    this.#ahead = undefined;
    this.#pass += 1;
    if (this.#pass === this.#accumulate) {
      this.#pass = 0;
      this.#step += 1;
    }
    return batch;
  }
}
