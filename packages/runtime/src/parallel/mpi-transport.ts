import { exchangeFailed } from './exchange-failed.js';
import { openMpi, type Mpi } from './mpi-library.js';
import type { Ranks } from './ranks.js';
import type { Transport } from './transport.js';

/** MPI counts in 32 bits. */
const MOST = 2 ** 28;
const FLOAT_BYTES = 4;

/**
 * Talks by MPI: MPICH and its kin, or Open MPI. Its calls block the process. Where another one dies, the
 * launcher ends this one.
 */
export class MpiTransport implements Transport {
  readonly name = 'MPI';
  readonly #mpi: Mpi;

  private constructor(mpi: Mpi) {
    this.#mpi = mpi;
  }

  /** @throws `EXCHANGE_FAILED` where MPI is missing, or another one than the launcher's */
  static open(ranks: Ranks): MpiTransport {
    const mpi = openMpi(ranks);
    mpi.init();
    const size = mpi.size();
    if (size === ranks.size) return new MpiTransport(mpi);
    throw exchangeFailed(
      ranks.rank,
      `${ranks.size} processes were started, and ${mpi.version} knows of ${size}: it is not the MPI of the launcher.`,
      'Name the library of the launcher by VOXMIM_MPI=/path/to/libmpi.so.',
    );
  }

  async sum(values: Float32Array): Promise<void> {
    for (let start = 0; start < values.length; start += MOST) {
      const part = values.subarray(start, start + MOST);
      this.#mpi.allReduce(this.#mpi.inPlace, part, part.length);
    }
    await Promise.resolve();
  }

  sumMemory(from: number, to: number, count: number): void {
    for (let start = 0; start < count; start += MOST) {
      const offset = start * FLOAT_BYTES;
      this.#mpi.allReduceMemory(from + offset, to + offset, Math.min(MOST, count - start));
    }
  }

  async gather(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.gatherNow(bytes));
  }

  gatherNow(bytes: Uint8Array): readonly Uint8Array[] {
    const counts = this.#counts(bytes.length);
    const starts = new Int32Array(counts.length);
    let total = 0;
    counts.forEach((count, rank) => {
      starts[rank] = total;
      total += count;
    });
    const all = new Uint8Array(Math.max(total, 1));
    // A view may begin anywhere in its memory; what is handed over begins where it does.
    this.#mpi.allGatherParts(Uint8Array.from(bytes), all, counts, starts);
    return Array.from(counts, (count, rank) => {
      const start = starts[rank] ?? 0;
      return all.slice(start, start + count);
    });
  }

  async close(): Promise<void> {
    this.#mpi.finalize();
    await Promise.resolve();
  }

  abort(code: number): void {
    this.#mpi.abort(code);
  }

  #counts(own: number): Int32Array<ArrayBuffer> {
    const counts = new Int32Array(this.#mpi.size());
    const sent = new Uint8Array(Int32Array.of(own).buffer);
    this.#mpi.allGather(sent, new Uint8Array(counts.buffer));
    return counts;
  }
}
