import { VoxmimError } from '@voxmim/core';

import type { StoredValues, TensorMap } from './safetensors/stored-tensor.js';

/**
 * Refuses weights that are not finite: a model with one of them answers with plausible nonsense, such
 * as nothing but background.
 *
 * @param path of the file, for messages
 * @throws `INVALID_FILE` naming the first tensor
 */
export function checkFinite(tensors: TensorMap, path: string): void {
  for (const [name, { values }] of tensors) {
    const at = firstNonFinite(values);
    if (at === undefined) continue;
    throw new VoxmimError(
      'INVALID_FILE',
      `${path}: tensor "${name}" holds ${values[at]} at element ${at}; weights must be finite.`,
      'Use a checkpoint from before the training diverged, or copy the file again.',
      { path },
    );
  }
}

function firstNonFinite(values: StoredValues): number | undefined {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return undefined;
  const at = values.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? undefined : at;
}
