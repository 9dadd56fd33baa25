/** A label and a value, both as a reader should see them. */
export interface ReportedFact {
  readonly label: string;
  readonly value: string;
}

/** A mean with its confidence interval. */
export interface ReportedScore {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A table of scores: a row for each thing that is judged. */
export interface ReportedTable {
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly digits: number }[];
  readonly rows: readonly {
    readonly name: string;
    /** The label of a class, for its color; null where it is none. */
    readonly label: number | null;
    /** One for each column; null where there is no number. */
    readonly cells: readonly (ReportedScore | null)[];
  }[];
  /** How the numbers were made. */
  readonly note: string;
}

/** A chart of lines. */
export interface ReportedChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly scale: 'linear' | 'log';
  /** One sentence on what is drawn. */
  readonly note: string;
  readonly series: readonly {
    readonly name: string;
    readonly dashed?: boolean;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** What a task has to say of a run; the host adds curves, facts, config and split. */
export interface TaskReport {
  /** What was found, in plain words; a line break starts a paragraph. */
  readonly conclusion: string;
  /** What a reader must know first, the weightiest on top. */
  readonly warnings: readonly string[];
  /** The few numbers to remember. */
  readonly highlights: readonly ReportedFact[];
  readonly tables?: readonly ReportedTable[];
  readonly charts?: readonly ReportedChart[];
  /** More parts of the page, as `ReportContent` of `@voxmim/report` has them. */
  readonly more?: Readonly<Record<string, unknown>>;
}
