import { type ParameterOwner, VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { checkFinite } from './finite-tensors.js';
import type { StoredTensor, TensorMap } from './safetensors/stored-tensor.js';

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
 * @throws `CHECKPOINT_MISMATCH` when names or shapes differ; `INVALID_FILE` when one is not finite
 */
export function loadWeights(owner: ParameterOwner, stored: TensorMap, path: string): void {
  checkFinite(stored, path);
  assignAll(variablesOf(owner), stored, path);
}

/**
 * Sets every variable of a map from `stored`.
 *
 * @throws `CHECKPOINT_MISMATCH` when names or shapes differ
 */
export function assignAll(
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
