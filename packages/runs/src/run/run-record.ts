import { parseConfig } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import * as tf from '@tensorflow/tfjs-core';
import { SavedRecord } from '@voxmim/report';
import type { StartedBackend } from '@voxmim/runtime';
import type { TrainingResult } from '@voxmim/training';
import { arch, cpus, platform, totalmem } from 'node:os';

import { parseJson } from '../judging/saved-evaluation.js';
import { runEntry, type RunFolder } from './run-folder.js';
import { softwareVersion } from './software-version.js';

/** What ran, where and how it ended: `run.json`. Nothing in it names the owner of the machine. */
export type RunRecord = SavedRecord;

/** What is known of a run when it starts. */
export type RunFacts = Omit<RunRecord, 'status' | 'steps' | 'seconds' | 'notes'>;

/** The record of the run in a folder; undefined where it has none. @throws `INVALID_FILE`, `READ_FAILED` */
export async function readRecord(root: string): Promise<RunRecord | undefined> {
  const path = runEntry(root, 'record');
  const text = await readIfThere(path);
  return text === undefined ? undefined : parseConfig(SavedRecord, parseJson(text, path), path);
}

/** The facts that do not change during a run. */
export async function recordEnvironment({
  name,
  version,
  device,
}: StartedBackend): Promise<Pick<RunRecord, 'voxmim' | 'backend' | 'versions' | 'machine'>> {
  return {
    voxmim: await softwareVersion(),
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

  /** @param notes what was said so far; what is added later is recorded at the end */
  constructor(folder: RunFolder, facts: RunFacts, notes: readonly string[]) {
    this.#folder = folder;
    this.#facts = facts;
    this.#notes = notes;
  }

  /** Writes the first record, with status `running`. */
  async start(): Promise<void> {
    await this.#write({ status: 'running' });
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

  async #write(state: {
    readonly status: TrainingResult['status'] | 'running' | 'failed';
    readonly steps?: number;
    readonly seconds?: number;
  }): Promise<void> {
    const record = { ...this.#facts, ...state, notes: [...this.#notes] };
    await this.#folder.writeJson('record', record);
  }
}
