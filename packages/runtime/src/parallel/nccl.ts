import { dirname, join } from 'node:path';

import koffi, { type LibraryHandle } from 'koffi';

import { exchangeFailed } from './exchange-failed.js';
import type { Transport } from './transport.js';

const ID_BYTES = 128;
const FLOAT = 7;
const SUM = 0;

/** The cards of processes that train together, talking among themselves in the order of a stream. */
export class Nccl {
  readonly #library: NcclLibrary;
  readonly #communicator: unknown;

  private constructor(library: NcclLibrary, communicator: unknown) {
    this.#library = library;
    this.#communicator = communicator;
  }

  /**
   * Brings the cards together; collective. The card of this process must be the current one.
   *
   * @param torchFolder where PyTorch lies: its NCCL lies beside it
   * @throws `EXCHANGE_FAILED` where NCCL is missing or the cards do not find each other
   */
  static async open(
    { rank, size }: { readonly rank: number; readonly size: number },
    torchFolder: string,
    transport: Transport,
  ): Promise<Nccl> {
    const library = openLibrary(rank, torchFolder);
    const id = { internal: new Uint8Array(ID_BYTES) };
    if (rank === 0) check(rank, library, library.uniqueId(id), 'make an id');
    const [shared = id.internal] = await transport.gather(Uint8Array.from(id.internal));
    const out: unknown[] = [null];
    const code = library.join(out, size, { internal: Uint8Array.from(shared) }, rank);
    check(rank, library, code, 'bring the cards together');
    return new Nccl(library, out[0]);
  }

  /** Sums `count` float32 of all cards. Addresses are of the card. */
  sum(from: number, to: number, count: number, stream: number): void {
    const { sum } = this.#library;
    check(0, this.#library, sum(from, to, count, FLOAT, SUM, this.#communicator, stream), 'sum');
  }

  /** Puts `count` float32 of each card one after the other. */
  gather(from: number, to: number, count: number, stream: number): void {
    const { gather } = this.#library;
    check(0, this.#library, gather(from, to, count, FLOAT, this.#communicator, stream), 'gather');
  }

  close(): void {
    this.#library.destroy(this.#communicator);
  }
}

interface UniqueId {
  readonly internal: Uint8Array;
}

interface NcclLibrary {
  readonly uniqueId: (id: UniqueId) => number;
  readonly join: (out: unknown[], size: number, id: UniqueId, rank: number) => number;
  readonly sum: (
    from: number,
    to: number,
    count: number,
    type: number,
    operation: number,
    communicator: unknown,
    stream: number,
  ) => number;
  readonly gather: (
    from: number,
    to: number,
    count: number,
    type: number,
    communicator: unknown,
    stream: number,
  ) => number;
  readonly destroy: (communicator: unknown) => number;
  readonly errorText: (code: number) => string;
}

function openLibrary(rank: number, torchFolder: string): NcclLibrary {
  const names = [join(dirname(torchFolder), 'nvidia/nccl/lib/libnccl.so.2'), 'libnccl.so.2'];
  for (const name of names) {
    try {
      return bind(koffi.load(name, { lazy: true, global: true }));
    } catch {
      continue;
    }
  }
  throw exchangeFailed(
    rank,
    `The cards of several processes need NCCL, which is neither in ${names.join(' nor ')}.`,
    'Install it beside PyTorch (pip install nvidia-nccl-cu13, or -cu12 by the CUDA of PyTorch), or compute on cpu.',
  );
}

function bind(library: LibraryHandle): NcclLibrary {
  const id = koffi.struct({ internal: koffi.array('uint8_t', ID_BYTES, 'Typed') });
  const memory = ['uint64_t', 'uint64_t', 'size_t', 'int'];
  return {
    uniqueId: library.func('ncclGetUniqueId', 'int', [koffi.out(koffi.pointer(id))]),
    join: library.func('ncclCommInitRank', 'int', [
      koffi.out(koffi.pointer('void *')),
      'int',
      id,
      'int',
    ]),
    sum: library.func('ncclAllReduce', 'int', [...memory, 'int', 'void *', 'uint64_t']),
    gather: library.func('ncclAllGather', 'int', [...memory, 'void *', 'uint64_t']),
    destroy: library.func('ncclCommDestroy', 'int', ['void *']),
    errorText: library.func('ncclGetErrorString', 'str', ['int']),
  };
}

function check(rank: number, library: NcclLibrary, code: number, what: string): void {
  if (code === 0) return;
  throw exchangeFailed(
    rank,
    `NCCL cannot ${what}: ${library.errorText(code)}.`,
    'See whether every process has a card of its own (nvidia-smi); NCCL_DEBUG=INFO says more.',
  );
}
