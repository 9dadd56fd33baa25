import { type AnyVoxmimError, isVoxmimError } from '@voxmim/core';

/** Whether an error is to be blamed on the files of a case. */
export function isUnreadable(error: unknown): error is AnyVoxmimError {
  return isVoxmimError(error, 'NOT_FOUND', 'INVALID_FILE', 'UNSUPPORTED_FILE', 'INVALID_DATA');
}
