import { VoxmimError, type Exchange } from '@voxmim/core';

/** The passes of a step that are one process's. */
export interface OwnPasses {
  readonly first: number;
  readonly count: number;
}

/**
 * Divides the passes of a step among processes, each getting neighbors.
 *
 * @throws `INVALID_CONFIG` where they cannot have equally many
 */
export function ownPasses(accumulate: number, exchange: Exchange | undefined): OwnPasses {
  if (!exchange) return { first: 0, count: accumulate };
  const { rank, size } = exchange;
  const count = accumulate / size;
  if (Number.isInteger(count)) return { first: rank * count, count };
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${size} processes cannot divide the ${accumulate} passes of a step (optimizer.accumulate) among them.`,
    `Start as many processes as divide ${accumulate}, or set optimizer.accumulate to a multiple of ${size}.`,
    { path: 'optimizer.accumulate', received: accumulate },
  );
}
