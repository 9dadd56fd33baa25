import { VoxmimError } from '@voxmim/core';

/** Processes cannot talk. */
export function exchangeFailed(
  rank: number,
  problem: string,
  remedy: string,
  cause?: unknown,
): VoxmimError<'EXCHANGE_FAILED'> {
  const details = { rank, reason: problem };
  return new VoxmimError('EXCHANGE_FAILED', problem, remedy, details, { cause });
}
