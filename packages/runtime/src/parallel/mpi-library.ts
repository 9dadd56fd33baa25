import koffi, { type LibraryHandle } from 'koffi';

import { exchangeFailed } from './exchange-failed.js';
import type { Ranks } from './ranks.js';

/** An MPI handle: a number in MPICH and its kin, the address of a global in Open MPI. */
type Handle = number | bigint;

/** The functions of MPI that are used; memory is given by address or as a typed array. */
export interface Mpi {
  readonly version: string;
  readonly world: Handle;
  readonly float: Handle;
  readonly byte: Handle;
  readonly addition: Handle;
  /** In place of the source, where that is the target. */
  readonly inPlace: bigint;
  init(): void;
  size(): number;
  allReduce(from: bigint, to: ArrayBufferView, count: number): void;
  allReduceMemory(from: number, to: number, count: number): void;
  allGather(from: Uint8Array, to: Uint8Array): void;
  allGatherParts(from: Uint8Array, to: Uint8Array, counts: Int32Array, starts: Int32Array): void;
  finalize(): void;
  abort(code: number): void;
}

/** Where the libraries of each kind are called what. */
const LIBRARIES: Readonly<Record<'mpich' | 'open-mpi', readonly string[]>> = {
  mpich: ['libmpi.so.12', 'libmpich.so.12', 'libmpich.so', 'libmpi.so'],
  'open-mpi': ['libmpi.so.40', 'libmpi.so.80', 'libmpi.so'],
};

/**
 * The MPI library of the launcher, loaded. `VOXMIM_MPI` names another one.
 *
 * @throws `EXCHANGE_FAILED` where there is none
 */
export function openMpi(
  { launcher, rank }: Ranks,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Mpi {
  const named = environment['VOXMIM_MPI'];
  const kinds =
    launcher === 'open-mpi' || environment['PMIX_RANK'] !== undefined
      ? LIBRARIES['open-mpi']
      : LIBRARIES.mpich;
  const names = named ? [named] : kinds;
  for (const name of names) {
    try {
      return bind(koffi.load(name, { lazy: true, global: true }));
    } catch {
      continue;
    }
  }
  throw exchangeFailed(
    rank,
    `The processes were started by MPI, and its library (${names.join(', ')}) cannot be loaded.`,
    'Install it (apt install mpich, or module load on a cluster), name it by VOXMIM_MPI=/path/to/libmpi.so, ' +
      'or start by torchrun, which needs none.',
  );
}

function bind(library: LibraryHandle): Mpi {
  const version = versionOf(library);
  const isOpen = /open mpi/i.test(version);
  const handles = isOpen ? openHandles(library) : MPICH_HANDLES;
  const handle = isOpen ? 'uint64_t' : 'int';
  const call = (name: string, ...args: readonly string[]) => {
    const native: (...values: unknown[]) => number = library.func(name, 'int', [...args]);
    return native;
  };
  const { world, float, byte, addition, inPlace } = handles;
  const start = call('MPI_Init', 'void *', 'void *');
  const sizeOf = call('MPI_Comm_size', handle, 'void *');
  const reduce = ['int', handle, handle, handle];
  const reduceArray = call('MPI_Allreduce', 'uint64_t', 'void *', ...reduce);
  const reduceMemory = call('MPI_Allreduce', 'uint64_t', 'uint64_t', ...reduce);
  const part = ['void *', 'int', handle, 'void *'];
  const gather = call('MPI_Allgather', ...part, 'int', handle, handle);
  const gatherParts = call('MPI_Allgatherv', ...part, 'void *', 'void *', handle, handle);
  const end = call('MPI_Finalize');
  const abort = call('MPI_Abort', handle, 'int');
  return {
    ...handles,
    version,
    init: () => void start(null, null),
    size: () => {
      const size = new Int32Array(1);
      sizeOf(world, size);
      return size[0] ?? 0;
    },
    allReduce: (from, to, count) => void reduceArray(from, to, count, float, addition, world),
    allReduceMemory: (from, to, count) =>
      void reduceMemory(from, to, count, float, addition, world),
    allGather: (from, to) => void gather(from, from.length, byte, to, from.length, byte, world),
    allGatherParts: (from, to, counts, starts) =>
      void gatherParts(from, from.length, byte, to, counts, starts, byte, world),
    finalize: () => void end(),
    abort: (code) => void abort(world, code),
    inPlace,
  };
}

/** The one call that is allowed before MPI begins. */
function versionOf(library: LibraryHandle): string {
  const text = new Uint8Array(8192);
  const length = new Int32Array(1);
  const read: (text: Uint8Array, length: Int32Array) => number = library.func(
    'MPI_Get_library_version',
    'int',
    ['void *', 'void *'],
  );
  read(text, length);
  const [line = ''] = Buffer.from(text.subarray(0, length[0])).toString('utf8').split('\n');
  return line.trim();
}

/** Of MPICH, MVAPICH, Intel MPI and Cray MPI, which share one binary interface. */
const MPICH_HANDLES = {
  world: 0x44000000,
  float: 0x4c00040a,
  byte: 0x4c00010d,
  addition: 0x58000003,
  inPlace: 0xffffffffffffffffn,
};

function openHandles(library: LibraryHandle) {
  const address = (name: string) => koffi.address(library.symbol(name));
  return {
    world: address('ompi_mpi_comm_world'),
    float: address('ompi_mpi_float'),
    byte: address('ompi_mpi_byte'),
    addition: address('ompi_mpi_op_sum'),
    inPlace: 1n,
  };
}
