import { VoxmimError } from '@voxmim/core';

import type { TensorflowPackage } from './linked-package.js';

/** Why a binding could not be built; `output` is what the failed program printed. */
export function linkFailure(
  backend: TensorflowPackage,
  reason: string,
  remedy: string,
  output = '',
): VoxmimError<'BACKEND_UNAVAILABLE'> {
  const printed = output.trim().split('\n').slice(-MAX_LINES).join('\n');
  return new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `The backend "${backend}" cannot be linked: ${reason}.${printed && `\n${printed}\n`}`,
    remedy,
    { backend, reason },
  );
}

const MAX_LINES = 12;
