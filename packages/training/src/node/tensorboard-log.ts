import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import type { EvaluationRecord, StepRecord, TrainingObserver } from '@voxmim/core';
import {
  encodeEventRecord,
  type Hyperparameters,
  type LogEvent,
  type LoggedPicture,
} from './event-record.js';
import { writeFailed } from './write-folder.js';

/** What TensorBoard is told of a run beside its numbers. */
export interface TensorBoardFacts {
  /** Compared between runs in the tab HPARAMS. */
  readonly hyperparameters?: Hyperparameters;
  /** The config as text, shown in the tab TEXT. */
  readonly config?: string;
}

/**
 * Scalars in the event files that TensorBoard reads: `train/…` per step, `evaluation/…` per
 * evaluation. Every sitting of a run has a file of its own; a resumed one tells TensorBoard from
 * which step on to forget the earlier ones.
 */
export class TensorBoardLog implements TrainingObserver {
  readonly #folder: string;
  readonly #facts: TensorBoardFacts;
  #handle: FileHandle | undefined;

  /** @param folder what `tensorboard --logdir` is given, or a folder below */
  constructor(folder: string, facts: TensorBoardFacts = {}) {
    this.#folder = folder;
    this.#facts = facts;
  }

  /** @throws `WRITE_FAILED` */
  async onStart({ step }: { readonly step: number }): Promise<void> {
    const now = Date.now();
    const name = `events.out.tfevents.${String(Math.floor(now / 1000)).padStart(10, '0')}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      const path = join(this.#folder, `${name}.voxmim.${process.pid}.${now % 1000}`);
      this.#handle = await open(path, 'a');
    } catch (error) {
      throw writeFailed(this.#folder, error);
    }
    await this.#write({ kind: 'version', step: 0 });
    if (step > 0) await this.#write({ kind: 'restart', step: step + 1 });
    const { hyperparameters: values, config } = this.#facts;
    if (values) await this.#write({ kind: 'hyperparameters', step: 0, values });
    if (config === undefined) return;
    // Four spaces make a line code in Markdown, whatever stands in it.
    const text = config.replace(/^/gm, '    ');
    await this.#write({ kind: 'text', step: 0, tag: 'config', text });
  }

  /** Pictures by tag, such as reconstructions at the end of a run. Call between `onStart` and `close`. */
  async addPictures(
    step: number,
    pictures: Readonly<Record<string, LoggedPicture>>,
  ): Promise<void> {
    await this.#write({ kind: 'pictures', step, pictures });
  }

  async onStep({ step, loss, gradientNorm, learningRate, samples, durationMs }: StepRecord) {
    const values = {
      'train/loss': loss,
      'train/gradient_norm': gradientNorm,
      'train/learning_rate': learningRate,
      'train/samples_per_second': (samples * 1000) / durationMs,
    };
    await this.#write({ kind: 'scalars', step, values });
  }

  async onEvaluation({ step, score, metrics }: EvaluationRecord): Promise<void> {
    const entries = Object.entries({ score, ...metrics });
    const values = Object.fromEntries(
      entries.map(([name, value]) => [`evaluation/${name}`, value]),
    );
    await this.#write({ kind: 'scalars', step, values });
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #write(event: WithoutTime<LogEvent>): Promise<void> {
    const record = encodeEventRecord({ ...event, wallTimeSeconds: Date.now() / 1000 });
    try {
      await this.#handle?.appendFile(record);
    } catch (error) {
      throw writeFailed(this.#folder, error);
    }
  }
}

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'wallTimeSeconds'> : never;
