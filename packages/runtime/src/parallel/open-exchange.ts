import type { Exchange } from '@voxmim/core';

import { meetingPlace } from './meeting-place.js';
import type { Ranks } from './ranks.js';
import { SocketTransport } from './socket-transport.js';
import type { Transport } from './transport.js';

/**
 * Brings the processes together that mpirun, torchrun or srun started, see {@link ranksOf}. A process that ends
 * without closing its exchange ends the others.
 *
 * @throws `EXCHANGE_FAILED` where MPI is missing or they do not find each other; `INVALID_CONFIG` for an
 *   environment that makes no sense
 */
export async function openExchange(ranks: Ranks): Promise<Exchange> {
  // What calls C is loaded here and not before: where one process runs alone, it need not be there.
  const { configureStack } = await import('@voxmim/tfjs-backend-torch');
  const { ProcessExchange } = await import('./process-exchange.js');
  // The first call of C decides how much room all have.
  configureStack();
  return new ProcessExchange(ranks, await transportOf(ranks));
}

async function transportOf(ranks: Ranks): Promise<Transport> {
  if (usesMpi(ranks)) {
    const { MpiTransport } = await import('./mpi-transport.js');
    return MpiTransport.open(ranks);
  }
  return SocketTransport.open(ranks, meetingPlace());
}

/** Slurm starts MPI's processes too, if told by `--mpi`. */
function usesMpi({ launcher }: Ranks): boolean {
  if (launcher === 'slurm') return process.env['PMIX_RANK'] !== undefined;
  return launcher !== 'torchrun';
}
