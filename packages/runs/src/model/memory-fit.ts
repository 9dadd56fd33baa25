import { totalmem } from 'node:os';

import { VoxmimError } from '@voxmim/core';

import type { ModelSummary } from './model-summary.js';

/** The memory that this process may use, in bytes: the machine's, or less where its container has a limit. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * What must be said of a model whose training may not fit the memory here; null where it does.
 *
 * @param usable bytes
 * @throws `INVALID_CONFIG` when what every step holds (weights, gradients, moments) is more than there is
 */
export function memoryWarning(
  { stateBytes, workBytes }: ModelSummary['memory'],
  usable = usableMemory(),
): string | null {
  if (stateBytes > usable) {
    throw new VoxmimError(
      'INVALID_CONFIG',
      `Weights, gradients and AdamW take ${gibibytes(stateBytes)}; there are ${gibibytes(usable)} here.`,
      'Make the model smaller, such as by encoder.embedDim or encoder.depth.',
      { path: 'encoder', received: stateBytes },
    );
  }
  if (workBytes === null || stateBytes + workBytes <= usable) return null;
  return (
    `A step may take up to ${gibibytes(stateBytes + workBytes)}; there are ${gibibytes(usable)} here. ` +
    'Lower crop or batchSize (optimizer.accumulate keeps the batch), or expect it to be ended for want of memory.'
  );
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
