import { createHash } from 'node:crypto';

import { parseConfig, VoxmimError } from '@voxmim/core';
import * as z from 'zod';

import { safetensorsChunks } from '@voxmim/weights';
import type { TrainingSnapshot, TrainingState } from '../snapshot.js';
import type { FileChunks } from './write-folder.js';

/** The files of a checkpoint folder. `ema.safetensors` is there when averages are kept. */
export const checkpointFiles = {
  model: 'model.safetensors',
  optimizer: 'optimizer.safetensors',
  average: 'ema.safetensors',
  state: 'state.json',
  config: 'config.json',
} as const;

const StateFile = z.object({
  format: z.literal(1),
  step: z.int().nonnegative(),
  best: z.object({ step: z.int().nonnegative(), score: z.number() }).nullable(),
  elapsedMs: z.number().nonnegative(),
  /** SHA-256 by file of tensors; older checkpoints have none. */
  sha256: z.record(z.string(), z.string()).default({}),
});

/** What `state.json` says. */
export interface CheckpointState {
  readonly state: TrainingState;
  /** What {@link checkSum} holds each file of tensors against. */
  readonly sums: Readonly<Record<string, string>>;
}

/** The files of a snapshot. */
export function checkpointContent(
  { state, model, optimizer, average }: TrainingSnapshot,
  config: unknown,
): ReadonlyMap<string, FileChunks> {
  const tensors = new Map<string, FileChunks>([
    [checkpointFiles.model, safetensorsChunks(model)],
    [checkpointFiles.optimizer, safetensorsChunks(optimizer)],
  ]);
  if (average) tensors.set(checkpointFiles.average, safetensorsChunks(average));
  const sha256 = Object.fromEntries([...tensors].map(([name, chunks]) => [name, sumOf(chunks)]));
  return new Map([
    ...tensors,
    [checkpointFiles.state, [json({ format: 1, ...state, sha256 })]],
    [checkpointFiles.config, [json(config)]],
  ]);
}

/** Reads `state.json`. @throws `INVALID_CONFIG` naming `path` */
export function parseState(value: unknown, path: string): CheckpointState {
  const { step, best, elapsedMs, sha256 } = parseConfig(StateFile, value, path, USE_ANOTHER);
  return { state: { step, best, elapsedMs }, sums: sha256 };
}

/**
 * Checks that a file is what was saved.
 *
 * @param expected its SHA-256; where a checkpoint has none, nothing is checked
 * @throws `INVALID_FILE`
 */
export function checkSum(bytes: Uint8Array, expected: string | undefined, path: string): void {
  if (expected === undefined || sumOf([bytes]) === expected) return;
  throw new VoxmimError(
    'INVALID_FILE',
    `${path} is not what was saved: its SHA-256 differs from the one in ${checkpointFiles.state}.`,
    USE_ANOTHER,
    { path },
  );
}

const USE_ANOTHER = 'Copy the checkpoint again, or use another one of the run.';

function sumOf(chunks: FileChunks): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
