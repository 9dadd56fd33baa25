import { type ParameterOwner, VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AdamW } from './adamw.js';
import type { StoredTensor, TensorMap } from './safetensors/stored-tensor.js';
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
 * @throws `CHECKPOINT_MISMATCH` when names or shapes differ in any way: resuming is no transfer
 */
export function restoreSnapshot(
  parts: TrainingParts,
  snapshot: TrainingSnapshot,
  path: string,
): void {
  assignAll(variablesOf(parts.model), snapshot.model, path);
  assignAll(parts.optimizer.state(), snapshot.optimizer, path);
  parts.optimizer.resumeAt(snapshot.state.step);
  if (parts.average) assignAll(parts.average.state(), snapshot.average ?? new Map(), path);
}

/** Parameters and buffers of `owner`, by path. */
export function variablesOf(owner: ParameterOwner): Map<string, tf.Variable> {
  return new Map([...owner.namedParameters(), ...(owner.namedBuffers?.() ?? [])]);
}

/** Copies variables to the host, one after the other so that only one copy is in flight. */
export async function readVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<Map<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  for (const [name, variable] of variables) {
    const values = await variable.data<'float32' | 'int32'>();
    stored.set(name, { shape: variable.shape, values });
  }
  return stored;
}

/** Copies stored values into a variable of the same shape. */
export function assignStored(variable: tf.Variable, { values, shape }: StoredTensor): void {
  const numbers = variable.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  const dtype = variable.dtype === 'int32' ? 'int32' : 'float32';
  tf.tidy(() => variable.assign(tf.tensor(numbers, [...shape], dtype)));
}

/**
 * Sets every variable of `owner` from `stored`.
 *
 * @throws `CHECKPOINT_MISMATCH` when names or shapes differ
 */
export function loadWeights(owner: ParameterOwner, stored: TensorMap, path: string): void {
  assignAll(variablesOf(owner), stored, path);
}

function assignAll(
  variables: ReadonlyMap<string, tf.Variable>,
  stored: TensorMap,
  path: string,
): void {
  const misfits = [...variables].filter(([name, variable]) => !fits(variable, stored.get(name)));
  const unknown = [...stored.keys()].filter((name) => !variables.has(name));
  if (misfits.length + unknown.length > 0) {
    throw mismatch(
      path,
      variables.size,
      misfits.map(([name]) => name),
      unknown,
    );
  }
  for (const [name, variable] of variables) {
    const tensor = stored.get(name);
    if (tensor) assignStored(variable, tensor);
  }
}

function fits(variable: tf.Variable, stored: StoredTensor | undefined): boolean {
  return stored !== undefined && tf.util.arraysEqual(variable.shape, [...stored.shape]);
}

function mismatch(
  path: string,
  count: number,
  missing: readonly string[],
  unknown: readonly string[],
): VoxmimError<'CHECKPOINT_MISMATCH'> {
  const first = (names: readonly string[]) =>
    names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
  const parts = [
    missing.length > 0
      ? `${missing.length} of ${count} tensors are missing or of another shape (${first(missing)})`
      : '',
    unknown.length > 0 ? `${unknown.length} are not in this model (${first(unknown)})` : '',
  ].filter(Boolean);
  return new VoxmimError(
    'CHECKPOINT_MISMATCH',
    `${path} is of another model: ${parts.join('; ')}.`,
    'Resume with the config saved beside the checkpoint, or transfer weights instead.',
    { path, coverage: count === 0 ? 0 : (count - missing.length) / count, missing },
  );
}
