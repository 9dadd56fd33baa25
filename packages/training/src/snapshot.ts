import type { ParameterOwner } from '@voxmim/core';

import type { AdamW } from './adamw.js';
import {
  checkFinite,
  type TensorMap,
  assignAll,
  readVariables,
  variablesOf,
} from '@voxmim/weights';
import type { WeightAverage } from './weight-average.js';

/** Where a run stands, beside its tensors. Randomness needs no state: it is keyed by step. */
export interface TrainingState {
  /** Optimizer steps done. */
  readonly step: number;
  /** The best evaluation so far, higher is better. */
  readonly best: { readonly step: number; readonly score: number } | null;
  /** Wall time spent in the loop so far, over all sittings. */
  readonly elapsedMs: number;
}

/** All that a run needs to go on as if it had never stopped. */
export interface TrainingSnapshot {
  readonly state: TrainingState;
  /** Parameters and buffers, by path. */
  readonly model: TensorMap;
  /** Moments of the optimizer. */
  readonly optimizer: TensorMap;
  /** The averaged weights, where the run keeps any. */
  readonly average?: TensorMap;
}

/** The live objects a snapshot is taken of and restored to. */
export interface TrainingParts {
  readonly model: ParameterOwner;
  readonly optimizer: AdamW;
  readonly average?: WeightAverage | undefined;
}

/** Reads everything back from the device. */
export async function takeSnapshot(
  parts: TrainingParts,
  state: TrainingState,
): Promise<TrainingSnapshot> {
  const { model, optimizer, average } = parts;
  return {
    state,
    model: await readVariables(variablesOf(model)),
    optimizer: await readVariables(optimizer.state()),
    ...(average && { average: await readVariables(average.state()) }),
  };
}

/**
 * Puts a snapshot back, bit for bit.
 *
 * @param path of the checkpoint, for messages
 * @throws `CHECKPOINT_MISMATCH` when names or shapes differ in any way: resuming is no transfer;
 *   `INVALID_FILE` when a weight is not finite
 */
export function restoreSnapshot(
  parts: TrainingParts,
  snapshot: TrainingSnapshot,
  path: string,
): void {
  checkFinite(snapshot.model, path);
  if (snapshot.average) checkFinite(snapshot.average, path);
  assignAll(variablesOf(parts.model), snapshot.model, path);
  assignAll(parts.optimizer.state(), snapshot.optimizer, path);
  parts.optimizer.resumeAt(snapshot.state.step);
  if (parts.average) assignAll(parts.average.state(), snapshot.average ?? new Map(), path);
}
