import { existsSync } from 'node:fs';
import { join } from 'node:path';

import koffi from 'koffi';
import type { LibraryHandle } from 'koffi';

import { TorchBackendError, messageOf } from '../error.js';
import { mapTable } from './map-table.js';

/** A C function whose arguments are numbers: addresses, sizes, handles, doubles. */
export type Native = (...args: (number | bigint | boolean)[]) => number;

const POINTER = 'uint64_t';

/** What libtorch must have; each returns an error code unless said otherwise. */
const REQUIRED = {
  callDispatcher: ['torch_call_dispatcher', [POINTER, POINTER, POINTER, POINTER]],
  newHandle: ['aoti_torch_new_tensor_handle', [POINTER, POINTER]],
  deleteTensor: ['aoti_torch_delete_tensor_object', [POINTER]],
  newUndefined: ['aoti_torch_new_uninitialized_tensor', [POINTER]],
  newList: ['torch_new_list_reserve_size', ['size_t', POINTER]],
  pushToList: ['torch_list_push_back', [POINTER, 'int64_t']],
  newString: ['torch_new_string_handle', [POINTER, 'size_t', POINTER]],
  emptyStrided: [
    'aoti_torch_empty_strided',
    ['int64_t', POINTER, POINTER, 'int32_t', 'int32_t', 'int32_t', POINTER],
  ],
  copyInto: ['aoti_torch_copy_', [POINTER, POINTER, 'int32_t']],
  dataPointer: ['aoti_torch_get_data_ptr', [POINTER, POINTER]],
  rank: ['aoti_torch_get_dim', [POINTER, POINTER]],
  extent: ['aoti_torch_get_size', [POINTER, 'int64_t', POINTER]],
  dtype: ['aoti_torch_get_dtype', [POINTER, POINTER]],
  isContiguous: ['aoti_torch_is_contiguous', [POINTER, POINTER]],
  deviceType: ['aoti_torch_get_device_type', [POINTER, POINTER]],
  fill: ['aoti_torch_aten_fill__Scalar', [POINTER, 'double']],
  subtract: ['aoti_torch_aten_subtract_Tensor', [POINTER, POINTER, 'double', POINTER]],
  threadCount: ['torch_get_num_threads', [POINTER]],
} as const;

/** What only some versions have. */
const OPTIONAL = {
  /** From 2.13; before, an optional's box comes from C++'s `new`. */
  newStableValue: ['torch_new_stable_ivalue', [POINTER]],
  currentStream: ['aoti_torch_get_current_cuda_stream', ['int32_t', POINTER]],
  /** Makes a card the current one of this thread until the guard is deleted. */
  guardCard: ['aoti_torch_create_cuda_guard', ['int32_t', POINTER]],
  synchronizeStream: ['torch_cuda_stream_synchronize', [POINTER, 'int32_t']],
} as const;

type Names<Table> = { readonly [Key in keyof Table]: Native };
type Optional<Table> = { readonly [Key in keyof Table]: Native | undefined };

/** The functions of libtorch's C interface and of libc, ready to call. */
export interface Library extends Names<typeof REQUIRED>, Optional<typeof OPTIONAL> {
  readonly abiVersion: bigint;
  /** Whether the CUDA half was loaded. */
  readonly hasCuda: boolean;
  /** Whether this thread records for autograd; once off, it stays off. */
  readonly setGradientMode: (enabled: boolean) => void;
  readonly add: { readonly cpu: Native; readonly cuda?: Native | undefined };
  readonly constants: Readonly<Record<ConstantName, number>>;
  readonly allocate: Native;
  /** C++'s `new` of some bytes. */
  readonly allocateCpp: Native;
  readonly copy: Native;
  readonly copyIn: (target: number, source: ArrayBufferView, bytes: number) => number;
  readonly copyOut: (target: ArrayBufferView, source: number, bytes: number) => number;
  /** What went wrong in the last call; from 2.13, before it is only printed. */
  readonly lastError: (() => string) | undefined;
  /** Not of the C interface: a C++ name, which not every version need have. */
  readonly setThreads: ((count: number) => void) | undefined;
}

const CONSTANTS = {
  cpu: 'aoti_torch_device_type_cpu',
  cuda: 'aoti_torch_device_type_cuda',
  float32: 'aoti_torch_dtype_float32',
  float64: 'aoti_torch_dtype_float64',
  bfloat16: 'aoti_torch_dtype_bfloat16',
  int32: 'aoti_torch_dtype_int32',
  int64: 'aoti_torch_dtype_int64',
  uint8: 'aoti_torch_dtype_uint8',
  bool: 'aoti_torch_dtype_bool',
  contiguous: 'aoti_torch_memory_format_contiguous_format',
} as const;
export type ConstantName = keyof typeof CONSTANTS;

/**
 * Loads libtorch from a torch folder, the CUDA half only where it is wanted.
 *
 * @throws `TORCH_UNSUPPORTED` when a library or a function is missing
 */
export function openLibrary(torchFolder: string, wantCuda: boolean): Library {
  configureStack();
  try {
    return load(join(torchFolder, 'lib'), wantCuda);
  } catch (error) {
    throw new TorchBackendError(
      'TORCH_UNSUPPORTED',
      `The PyTorch in ${torchFolder} cannot be loaded: ${messageOf(error)}.`,
      'Take PyTorch 2.10 or later: pip install torch.',
      { cause: error },
    );
  }
}

let isStackConfigured = false;

/**
 * C runs on a stack of koffi's own, whose default is too small for convolutions. Whoever calls C in a process
 * that will compute here calls this first: afterwards the size stays.
 */
export function configureStack(): void {
  if (isStackConfigured) return;
  isStackConfigured = true;
  try {
    koffi.config({ sync_stack_size: 16 << 20 });
  } catch {
    // Something else in this process has called C already; its size stays.
  }
}

function load(folder: string, wantCuda: boolean): Library {
  const open = (name: string) => koffi.load(join(folder, name), { lazy: true, global: true });
  const openIf = (name: string) => (existsSync(join(folder, name)) ? open(name) : undefined);
  const hasCuda = wantCuda && existsSync(join(folder, 'libtorch_cuda.so'));
  if (hasCuda) openIf('libtorch_global_deps.so');
  open('libc10.so');
  const base = open('libtorch_cpu.so');
  if (hasCuda) open('libc10_cuda.so');
  const torch = hasCuda ? open('libtorch_cuda.so') : base;
  const add = [POINTER, POINTER, 'double', POINTER];
  return {
    ...required(torch),
    ...optional(torch),
    ...systemFunctions(),
    abiVersion: BigInt(native(torch, 'aoti_torch_abi_version', [], 'uint64_t')()),
    hasCuda,
    add: {
      cpu: native(torch, 'aoti_torch_cpu_add_Tensor', add),
      cuda: hasCuda ? native(torch, 'aoti_torch_cuda_add_Tensor', add) : undefined,
    },
    constants: constantsOf(torch),
    setGradientMode: gradientMode(torch),
    lastError: found(() => {
      const name = 'torch_exception_get_what_without_backtrace';
      const what: () => string = torch.func(name, 'str', []);
      return what;
    }),
    setThreads: found(() => {
      const set: (count: number) => void = base.func('_ZN2at15set_num_threadsEi', 'void', ['int']);
      return set;
    }),
  };
}

function gradientMode(torch: LibraryHandle): (enabled: boolean) => void {
  return torch.func('aoti_torch_grad_mode_set_enabled', 'void', ['bool']);
}

function systemFunctions() {
  const libc = koffi.load('libc.so.6');
  const libstdcpp = koffi.load('libstdc++.so.6');
  const copyIn: Library['copyIn'] = libc.func('memcpy', POINTER, [POINTER, 'void *', 'size_t']);
  const copyOut: Library['copyOut'] = libc.func('memcpy', POINTER, ['void *', POINTER, 'size_t']);
  return {
    allocate: native(libc, 'malloc', ['size_t'], POINTER),
    allocateCpp: native(libstdcpp, '_Znwm', ['size_t'], POINTER),
    copy: native(libc, 'memcpy', [POINTER, POINTER, 'size_t'], POINTER),
    copyIn,
    copyOut,
  };
}

function native(
  library: LibraryHandle,
  name: string,
  args: readonly string[],
  result = 'int32_t',
): Native {
  return library.func(name, result, [...args]);
}

function found<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Binds every function of a table; the mapped type says what comes out. */
function required(library: LibraryHandle): Names<typeof REQUIRED> {
  return mapTable(REQUIRED, ([name, args]) => native(library, name, args));
}

function optional(library: LibraryHandle): Optional<typeof OPTIONAL> {
  return mapTable(OPTIONAL, ([name, args]) => found(() => native(library, name, args)));
}

function constantsOf(library: LibraryHandle): Record<ConstantName, number> {
  return mapTable(CONSTANTS, (name) => native(library, name, [])());
}
