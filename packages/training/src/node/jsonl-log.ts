import { type FileHandle, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { readIfThere } from '@voxmim/core/node';
import * as z from 'zod';

import type {
  CheckpointRecord,
  EvaluationRecord,
  StepRecord,
  TrainingObserver,
  TrainingResult,
} from '@voxmim/core';
import { writeFailed } from './write-folder.js';

/**
 * Metrics as lines of JSON, each with an `event` (`step`, `evaluation`, `checkpoint`, `end`) and a
 * `step`. Lines are on file when the step ends.
 *
 * When a run resumes from step N, lines of later steps and a half-written last line are removed
 * first, so that every step is there once.
 */
export class JsonlLog implements TrainingObserver {
  readonly #path: string;
  #handle: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws `WRITE_FAILED` */
  async onStart({ step }: { readonly step: number }): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await keepUpTo(this.#path, step);
      this.#handle = await open(this.#path, 'a');
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  async onStep({ step, loss, gradientNorm, learningRate, samples, durationMs }: StepRecord) {
    await this.#append({
      event: 'step',
      step,
      loss,
      gradientNorm,
      learningRate,
      samples,
      durationMs,
    });
  }

  async onEvaluation(record: EvaluationRecord): Promise<void> {
    await this.#append({ event: 'evaluation', ...record });
  }

  async onCheckpoint(record: CheckpointRecord): Promise<void> {
    await this.#append({ event: 'checkpoint', ...record });
  }

  async onEnd({ status, step, best, elapsedMs }: TrainingResult): Promise<void> {
    await this.#append({ event: 'end', step, status, best, elapsedMs });
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #append(line: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await this.#handle?.appendFile(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }
}

const Line = z.looseObject({ event: z.string(), step: z.number() });

/** A line of a metrics file. */
export type JsonlLine = z.infer<typeof Line>;

/** Reads a metrics file; lines that are not whole are left out. No file gives no lines. @throws `READ_FAILED` */
export async function readJsonlLog(path: string): Promise<JsonlLine[]> {
  const text = (await readIfThere(path)) ?? '';
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

async function keepUpTo(path: string, step: number): Promise<void> {
  const lines = (await readJsonlLog(path)).filter(
    (line) => line.step <= step && line.event !== 'end',
  );
  const fresh = `${path}.unfinished`;
  await writeFile(fresh, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await rename(fresh, path);
}

function parseLine(line: string): JsonlLine | undefined {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
