import {
  createRandom,
  type Exchange,
  type ForwardContext,
  type ParameterOwner,
  type StepRecord,
  type TrainingBatch,
  type TrainingObserver,
  type TrainingResult,
  VoxmimError,
} from '@voxmim/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

import type { AdamW } from './adamw.js';
import { BatchQueue } from './batch-queue.js';
import { gatherRows } from './exchange/gather-rows.js';
import { ownPasses, type OwnPasses } from './exchange/own-passes.js';
import { shareVariables } from './exchange/share-variables.js';
import type { Schedule } from './schedule.js';
import { takeSnapshot, type TrainingSnapshot, type TrainingState } from './snapshot.js';
import { TrainingStep } from './training-step.js';
import type { WeightAverage } from './weight-average.js';

/** Where checkpoints go; `@voxmim/training/node` has folders. */
export interface CheckpointStore {
  /** Stores whole or not at all, and says where. */
  save(snapshot: TrainingSnapshot, options: { readonly best: boolean }): Promise<string>;
}

/** A run, as {@link train} takes it. */
export interface TrainOptions<Batch extends TrainingBatch> {
  /** What is saved: the optimizer's parameters and all else it owns. */
  readonly model: ParameterOwner;
  readonly optimizer: AdamW;
  readonly average?: WeightAverage;
  readonly schedule: Schedule;
  /** Optimizer steps of the whole run, those before a resume counted. */
  readonly steps: number;
  /** Seeds drop path; data and masks have streams of their own. */
  readonly seed: number;
  /**
   * Makes the batch of pass `pass` (0 … accumulate - 1) of step `step` (0, 1, …). Must depend on
   * these numbers alone, or a resumed run differs. Asked for one batch ahead.
   */
  readonly loadBatch: (step: number, pass: number) => Promise<Batch>;
  /**
   * The mean loss of a batch, plain TF.js, no reading of tensors. Runs inside a tidy. `step` (0, 1, …)
   * is the one that it is for.
   */
  readonly loss: (batch: Batch, context: ForwardContext, step: number) => Scalar;
  /** Batches per optimizer step, those of other processes included; default 1, or the number of processes. */
  readonly accumulate?: number;
  /**
   * Processes that train the same model, each with the same options but for `checkpoints` and `observers`: they
   * divide the passes of a step. The first one's weights are everybody's from the start.
   */
  readonly exchange?: Exchange;
  /** Batches that are loaded while others are computed. Default 1. */
  readonly loadAhead?: number;
  /** Global norm above which gradients are scaled down; default: never. */
  readonly clipNorm?: number;
  readonly evaluation?: {
    /** Every so many steps, and after the last one. */
    readonly every: number;
    /** `score`: higher is better. With `average`, runs on the averaged weights. */
    readonly run: (
      step: number,
    ) => Promise<{ score: number; metrics: Readonly<Record<string, number>> }>;
  };
  readonly checkpoints?: { readonly store: CheckpointStore; readonly every: number };
  /** Of a restored snapshot; see `restoreSnapshot`. `checkpoint` is named when things go wrong. */
  readonly resumeFrom?: { readonly state: TrainingState; readonly checkpoint: string };
  readonly observers?: readonly TrainingObserver[];
  /** Ends the run after the step in progress, which is saved. */
  readonly signal?: AbortSignal;
}

/**
 * Trains until `steps` are done or `signal` fires.
 *
 * N steps, a stop, and N more from the checkpoint give the bits of 2N steps, on one machine and
 * backend: nothing but weights, moments, averages and the step count carries over.
 *
 * @throws `NON_FINITE_LOSS` with the samples of the step and the last good checkpoint; nothing is
 *   saved from then on, and the model in memory is spoiled
 */
export async function train<Batch extends TrainingBatch>(
  options: TrainOptions<Batch>,
): Promise<TrainingResult> {
  const run = new Run(options);
  try {
    return await run.toEnd();
  } finally {
    for (const observer of options.observers ?? []) await observer.close?.();
  }
}

/** What a step, or the passes of one process, found. */
interface Found {
  /** The sum over passes. */
  readonly loss: number;
  readonly gradientNorm: number;
}

class Run<Batch extends TrainingBatch> {
  readonly #options: TrainOptions<Batch>;
  readonly #accumulate: number;
  readonly #passes: OwnPasses;
  readonly #queue: BatchQueue<Batch>;
  readonly #earlierMs: number;
  readonly #startedAt = performance.now();
  #step: number;
  #best: TrainingState['best'];
  #checkpoint: string | null;
  #savedStep: number;
  /** Whether some process was told to stop. */
  #isStopped = false;

  constructor(options: TrainOptions<Batch>) {
    const { resumeFrom, exchange, accumulate = exchange?.size ?? 1, loadBatch } = options;
    this.#options = options;
    this.#accumulate = accumulate;
    this.#passes = ownPasses(accumulate, exchange);
    this.#step = resumeFrom?.state.step ?? 0;
    this.#best = resumeFrom?.state.best ?? null;
    this.#earlierMs = resumeFrom?.state.elapsedMs ?? 0;
    this.#checkpoint = resumeFrom?.checkpoint ?? null;
    this.#savedStep = resumeFrom ? this.#step : -1;
    this.#queue = new BatchQueue({
      load: (step, pass) => loadBatch(step, this.#passes.first + pass),
      accumulate: this.#passes.count,
      step: this.#step,
      steps: options.steps,
      ahead: options.loadAhead ?? 1,
    });
  }

  async toEnd(): Promise<TrainingResult> {
    const { steps, exchange } = this.#options;
    if (exchange) await this.#beginAlike(exchange);
    await this.#tell((observer) => observer.onStart?.({ step: this.#step, steps }));
    while (this.#step < steps && !this.#mustStop()) {
      await this.#oneStep();
      const better = await this.#evaluate();
      if (better || this.#due(this.#options.checkpoints?.every)) await this.#save(better);
    }
    if (this.#savedStep !== this.#step) await this.#save(false);
    const status = this.#step < steps ? 'interrupted' : 'completed';
    const result: TrainingResult = { status, ...this.#state(), checkpoint: this.#checkpoint };
    await this.#tell((observer) => observer.onEnd?.(result));
    return result;
  }

  /** Gives all processes the weights, buffers and moments of the first. */
  async #beginAlike(exchange: Exchange): Promise<void> {
    const { model, optimizer, average } = this.#options;
    const states = [model.namedParameters(), model.namedBuffers?.(), average?.state()];
    const moments = this.#step > 0 ? optimizer.state() : undefined;
    for (const state of [...states, moments]) {
      await shareVariables(exchange, [...(state?.values() ?? [])]);
    }
  }

  /** One signal stops all processes, after the same step. */
  #mustStop(): boolean {
    const { exchange, signal } = this.#options;
    return exchange ? this.#isStopped : (signal?.aborted ?? false);
  }

  async #oneStep(): Promise<void> {
    const { steps, schedule, exchange } = this.#options;
    const begun = performance.now();
    const learningRate = schedule(this.#step);
    const step = new TrainingStep({ ...this.#options, accumulate: this.#accumulate }, learningRate);
    const sampleIds: string[] = [];
    let numbers: Found;
    try {
      const own = await this.#runPasses(step, sampleIds);
      numbers = exchange ? await this.#shareStep(step, exchange, own.loss, sampleIds) : own;
    } finally {
      step.dispose();
    }
    this.#step += 1;
    const record: StepRecord = {
      step: this.#step,
      steps,
      loss: numbers.loss / this.#accumulate,
      gradientNorm: numbers.gradientNorm,
      learningRate,
      samples: sampleIds.length * (exchange?.size ?? 1),
      durationMs: performance.now() - begun,
    };
    await this.#tell((observer) => observer.onStep?.(record));
  }

  /** The passes of this process; `sampleIds` gets what they are of. */
  async #runPasses(step: TrainingStep, sampleIds: string[]): Promise<Found> {
    const { seed, exchange, loss: lossOf } = this.#options;
    const across = exchange && {
      gatherRows: (rows: Tensor2D) => gatherRows(exchange, rows),
    };
    let [total, gradientNorm] = [0, 0];
    for (let pass = 0; pass < this.#passes.count; pass++) {
      const batch = await this.#queue.next();
      sampleIds.push(...batch.sampleIds);
      const random = createRandom(seed, 'forward', this.#step, this.#passes.first + pass);
      const loss = () => lossOf(batch, { training: true, random, ...across }, this.#step);
      const numbers = await step.pass(loss, () => this.#queue.prefetch());
      total += numbers.loss;
      gradientNorm = numbers.gradientNorm ?? 0;
      // With others, all of them find out together: one alone would leave them waiting.
      const isGood = exchange !== undefined || Number.isFinite(total + gradientNorm);
      if (!isGood) throw this.#notFinite(numbers, sampleIds);
    }
    return { loss: total, gradientNorm };
  }

  async #shareStep(
    step: TrainingStep,
    exchange: Exchange,
    ownLoss: number,
    sampleIds: readonly string[],
  ): Promise<Found> {
    const stops = Number(this.#options.signal?.aborted ?? false);
    const { sums, gradientNorm } = await step.share(exchange, [ownLoss, stops]);
    const [loss = NaN, stopped = 0] = sums;
    this.#isStopped = stopped > 0;
    if (Number.isFinite(loss + gradientNorm)) return { loss, gradientNorm };
    const samples = await exchange.gather(sampleIds);
    throw this.#notFinite({ loss, gradientNorm }, samples.flat().map(String));
  }

  /** @returns whether this is the best evaluation so far */
  async #evaluate(): Promise<boolean> {
    const { evaluation, average } = this.#options;
    if (!evaluation || !this.#due(evaluation.every)) return false;
    const run = () => evaluation.run(this.#step);
    const { score, metrics } = await (average ? average.inPlace(run) : run());
    const best = this.#best === null || score > this.#best.score;
    if (best) this.#best = { step: this.#step, score };
    const record = { step: this.#step, score, metrics, best };
    await this.#tell((observer) => observer.onEvaluation?.(record));
    return best;
  }

  async #save(best: boolean): Promise<void> {
    const { checkpoints } = this.#options;
    if (!checkpoints) return;
    const snapshot = await takeSnapshot(this.#options, this.#state());
    const path = await checkpoints.store.save(snapshot, { best });
    this.#checkpoint = path;
    this.#savedStep = this.#step;
    await this.#tell((observer) => observer.onCheckpoint?.({ step: this.#step, path, best }));
  }

  #state(): TrainingState {
    const elapsedMs = this.#earlierMs + performance.now() - this.#startedAt;
    return { step: this.#step, best: this.#best, elapsedMs };
  }

  #due(every: number | undefined): boolean {
    return every !== undefined && (this.#step % every === 0 || this.#step === this.#options.steps);
  }

  #notFinite(
    numbers: { loss: number; gradientNorm?: number },
    samples: readonly string[],
  ): VoxmimError<'NON_FINITE_LOSS'> {
    const step = this.#step + 1;
    const checkpoint = this.#checkpoint;
    const what = Number.isFinite(numbers.loss)
      ? `the gradient's norm is ${numbers.gradientNorm ?? NaN}`
      : `the loss is ${numbers.loss}`;
    return new VoxmimError(
      'NON_FINITE_LOSS',
      `At step ${step} ${what}, on samples ${samples.join(', ')}; ` +
        (checkpoint
          ? `the last good checkpoint is ${checkpoint}.`
          : 'no checkpoint was saved yet.'),
      'Look at these samples, lower the learning rate or clip gradients, then resume.',
      { step, samples, checkpoint },
    );
  }

  async #tell(notify: (observer: TrainingObserver) => void | Promise<void>): Promise<void> {
    for (const observer of this.#options.observers ?? []) await notify(observer);
  }
}
