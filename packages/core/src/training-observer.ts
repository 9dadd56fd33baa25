/** What a batch must say about itself; the rest is between loader and loss. */
export interface TrainingBatch {
  /** Names every sample, so that a failing one can be found. */
  readonly sampleIds: readonly string[];
}

/** One finished optimizer step. */
export interface StepRecord {
  /** Steps done, this one included. */
  readonly step: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Mean over the accumulated batches. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Samples in this step. */
  readonly samples: number;
  readonly durationMs: number;
}

/** What an evaluation found. */
export interface EvaluationRecord {
  readonly step: number;
  /** What decides which checkpoint is best; higher is better. */
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly best: boolean;
}

/** A checkpoint that is safely stored. */
export interface CheckpointRecord {
  readonly step: number;
  readonly path: string;
  readonly best: boolean;
}

/** How a run ended. */
export interface TrainingResult {
  /** `interrupted`: the signal fired; the last step was finished and saved. */
  readonly status: 'completed' | 'interrupted';
  readonly step: number;
  readonly best: { readonly step: number; readonly score: number } | null;
  readonly elapsedMs: number;
  /** The last checkpoint, if checkpoints are kept. */
  readonly checkpoint: string | null;
}

/**
 * Watches a run: a log, a progress bar. Called in order and awaited; what it throws ends the run, so
 * that no metrics are lost in silence.
 */
export interface TrainingObserver {
  /** Before the first step; `step` is 0 unless resumed. */
  onStart?(start: { readonly step: number; readonly steps: number }): void | Promise<void>;
  onStep?(record: StepRecord): void | Promise<void>;
  onEvaluation?(record: EvaluationRecord): void | Promise<void>;
  onCheckpoint?(record: CheckpointRecord): void | Promise<void>;
  /** After the last step, also when interrupted; not after a throw. */
  onEnd?(result: TrainingResult): void | Promise<void>;
  /** Always last, also after a throw: close files here. */
  close?(): void | Promise<void>;
}
