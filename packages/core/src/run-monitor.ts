/** How far a stage of a run is. */
export interface StageProgress {
  /** What is being done, such as `pretraining`; a new name begins a new stage. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** What is counted: steps, cases, windows. */
  readonly unit: string;
  readonly loss?: number;
}

/**
 * Watches a run from outside: a progress bar, a log window. Called often, so it must be quick; every
 * method may be missing.
 */
export interface RunMonitor {
  /** Something to say once that a reader of the results must know: a padded volume, a collapse. */
  readonly note?: (text: string) => void;
  /** What came out, such as a validation's metrics; the run's folder has it in a file of its own. */
  readonly result?: (text: string) => void;
  progress?(progress: StageProgress): void;
}
