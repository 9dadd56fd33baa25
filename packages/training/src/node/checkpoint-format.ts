import { parseConfig } from '@voxmim/core';
import { z } from 'zod';

import { safetensorsChunks } from '../safetensors/encode.js';
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
});

/** The files of a snapshot. */
export function checkpointContent(
  { state, model, optimizer, average }: TrainingSnapshot,
  config: unknown,
): ReadonlyMap<string, FileChunks> {
  const files = new Map<string, FileChunks>([
    [checkpointFiles.model, safetensorsChunks(model)],
    [checkpointFiles.optimizer, safetensorsChunks(optimizer)],
    [checkpointFiles.state, [json({ format: 1, ...state })]],
    [checkpointFiles.config, [json(config)]],
  ]);
  if (average) files.set(checkpointFiles.average, safetensorsChunks(average));
  return files;
}

/** Reads `state.json`. @throws `INVALID_CONFIG` naming `path` */
export function parseState(value: unknown, path: string): TrainingState {
  const { step, best, elapsedMs } = parseConfig(StateFile, value, path);
  return { step, best, elapsedMs };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
