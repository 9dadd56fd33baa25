/** What a logger is built from beside its config. */
export interface LoggerContext {
  /** Of the run: the place for files of its own. */
  readonly folder: string;
  /** What is trained, such as `pretraining`. */
  readonly stage: string;
  /** The resolved config of the run, as data. */
  readonly config: Readonly<Record<string, unknown>>;
}
