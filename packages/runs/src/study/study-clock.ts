/** What {@link StudyClock} counts: steps of one kind of run, which take about the same time each. */
export interface TimedRun {
  readonly id: string;
  /** Runs of one kind have the same pace. */
  readonly kind: string;
  readonly steps: number;
}

/** How far a study is. */
export interface StudyPace {
  readonly steps: number;
  readonly total: number;
  readonly runs: number;
  readonly totalRuns: number;
  /** NaN until something was measured. */
  readonly secondsLeft: number;
}

/** Tells how far all runs of a study together are, and how long the rest will take. */
export class StudyClock {
  readonly #runs: ReadonlyMap<string, TimedRun>;
  readonly #done = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #measured = new Map<string, { steps: number; seconds: number }>();
  readonly #begun = new Map<string, { steps: number; at: number }>();
  readonly #now: () => number;

  /** @param now milliseconds that only grow */
  constructor(runs: readonly TimedRun[], now: () => number = performance.now.bind(performance)) {
    this.#runs = new Map(runs.map((run) => [run.id, run]));
    this.#now = now;
  }

  /** A run that was complete before. */
  skip(id: string): void {
    this.#done.set(id, this.#runs.get(id)?.steps ?? 0);
    this.#ended.add(id);
  }

  /** So many steps of a run are done; the first call begins to time it. */
  step(id: string, done: number): void {
    if (!this.#begun.has(id)) this.#begun.set(id, { steps: done, at: this.#now() });
    this.#done.set(id, done);
  }

  /** A run is over, however it ended. */
  end(id: string): void {
    this.#ended.add(id);
    const [run, begun] = [this.#runs.get(id), this.#begun.get(id)];
    if (!run || !begun) return;
    const { steps, seconds } = this.#measured.get(run.kind) ?? { steps: 0, seconds: 0 };
    this.#measured.set(run.kind, {
      steps: steps + (this.#done.get(id) ?? 0) - begun.steps,
      seconds: seconds + (this.#now() - begun.at) / 1000,
    });
    this.#begun.delete(id);
  }

  /** @param width how many runs go on at a time */
  pace(width: number): StudyPace {
    const runs = [...this.#runs.values()];
    const left = runs.filter(({ id }) => !this.#ended.has(id));
    const seconds = left.map((run) => {
      const steps = run.steps - (this.#done.get(run.id) ?? 0);
      return steps * this.#secondsPerStep(run.kind);
    });
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    return {
      steps: sum([...this.#done.values()]),
      total: sum(runs.map(({ steps }) => steps)),
      runs: this.#ended.size,
      totalRuns: runs.length,
      // The longest run that is left cannot be shared.
      secondsLeft: Math.max(sum(seconds) / Math.max(1, width), ...seconds, 0),
    };
  }

  /** Of its own kind, else of what was measured at all. */
  #secondsPerStep(kind: string): number {
    const own = this.#spent(kind);
    if (own.steps > 0) return own.seconds / own.steps;
    const kinds = new Set([...this.#runs.values()].map((run) => run.kind));
    const all = [...kinds].map((other) => this.#spent(other)).filter(({ steps }) => steps > 0);
    const steps = all.reduce((sum, spent) => sum + spent.steps, 0);
    return all.reduce((sum, spent) => sum + spent.seconds, 0) / steps;
  }

  /** Steps and seconds of runs that are over and of those that go on. */
  #spent(kind: string): { steps: number; seconds: number } {
    const over = this.#measured.get(kind) ?? { steps: 0, seconds: 0 };
    const going = [...this.#begun].filter(([id]) => this.#runs.get(id)?.kind === kind);
    return going.reduce(
      ({ steps, seconds }, [id, begun]) => ({
        steps: steps + (this.#done.get(id) ?? 0) - begun.steps,
        seconds: seconds + (this.#now() - begun.at) / 1000,
      }),
      over,
    );
  }
}
