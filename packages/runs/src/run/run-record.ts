import * as tf from '@tensorflow/tfjs-core';
import type { StartedBackend } from '@voxmim/runtime';
import type { TrainingResult } from '@voxmim/training';
import { arch, cpus, platform, totalmem } from 'node:os';

import type { RunFolder } from './run-folder.js';

/** What ran, where and how it ended: `run.json`. */
export interface RunRecord {
  readonly task: string;
  readonly status: 'running' | 'completed' | 'interrupted' | 'failed';
  readonly seed: number;
  readonly startedAt: string;
  /** Wall time of the training loop over all sittings, seconds. */
  readonly seconds?: number;
  readonly steps?: number;
  readonly backend: { readonly name: string; readonly version: string; readonly device: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: MachineRecord;
  readonly notes: readonly string[];
}

/** The machine, without anything that names its owner. */
export interface MachineRecord {
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

/** The facts that do not change during a run. */
export function recordEnvironment(
  backend: StartedBackend,
): Pick<RunRecord, 'backend' | 'versions' | 'machine'> {
  const { name, version, device } = backend;
  return {
    backend: { name, version, device },
    versions: { node: process.versions.node, tfjs: tf.version_core },
    machine: {
      platform: `${platform()} ${arch()}`,
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
  };
}

/** Keeps `run.json` true from the start of a run to its end, however it ends. */
export class RunRecorder {
  readonly #folder: RunFolder;
  readonly #facts: RunFacts;
  readonly #notes: readonly string[];

  private constructor(folder: RunFolder, facts: RunFacts, notes: readonly string[]) {
    this.#folder = folder;
    this.#facts = facts;
    this.#notes = notes;
  }

  /**
   * Writes the first record, with status `running`.
   *
   * @param notes what was said so far; what is added later is recorded at the end
   */
  static async start(
    folder: RunFolder,
    facts: RunFacts,
    notes: readonly string[],
  ): Promise<RunRecorder> {
    const recorder = new RunRecorder(folder, facts, notes);
    await recorder.#write({ status: 'running' });
    return recorder;
  }

  /** Runs `body` and records how it ended. */
  async watch<Result extends TrainingResult>(body: () => Promise<Result>): Promise<Result> {
    try {
      const result = await body();
      const { status, step: steps, elapsedMs } = result;
      await this.#write({ status, steps, seconds: Math.round(elapsedMs / 100) / 10 });
      return result;
    } catch (error) {
      await this.#write({ status: 'failed' }).catch(() => undefined);
      throw error;
    }
  }

  async #write(state: Pick<RunRecord, 'status' | 'steps' | 'seconds'>): Promise<void> {
    const record: RunRecord = { ...this.#facts, ...state, notes: this.#notes };
    await this.#folder.writeJson('record', record);
  }
}

/** What is known of a run when it starts. */
export type RunFacts = Omit<RunRecord, 'status' | 'steps' | 'seconds' | 'notes'>;
