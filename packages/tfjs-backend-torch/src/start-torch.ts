import { readFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

import koffi from 'koffi';

import { openLibrary } from './abi/library.js';
import { Torch, type Place } from './abi/torch.js';
import { type TorchBackendConfig, parseDevice } from './configuration.js';
import { TorchBackendError } from './error.js';
import { locateTorch, type TorchInstallation } from './locate/locate-torch.js';
import { checkSchemas } from './ops/check-schemas.js';

/** A loaded PyTorch and where it computes. */
export interface StartedTorch {
  readonly torch: Torch;
  readonly installation: TorchInstallation;
  readonly place: Place;
}

/**
 * Finds, checks and loads PyTorch as the configuration says.
 *
 * @throws `TORCH_MISSING`, `TORCH_UNSUPPORTED`, `DEVICE_UNAVAILABLE` or `WRONG_THREAD`
 */
export function startTorch(config: TorchBackendConfig): StartedTorch {
  const installation = locateTorch(config.torch);
  const device = parseDevice(config.device);
  if (device.kind === 'cuda' && installation.cuda === undefined) {
    throw new TorchBackendError(
      'DEVICE_UNAVAILABLE',
      `PyTorch ${installation.version} in ${installation.folder} was built without CUDA.`,
      'Install one with it (pip install torch, on a machine with a driver), or compute on cpu.',
    );
  }
  if (device.kind === 'cuda') requireDriver(installation);
  checkSchemas(installation);
  claimThread();
  if (device.kind === 'cuda') setTensorFloat32(config.precision === 'tf32');
  const torch = new Torch(openLibrary(installation.folder, device.kind === 'cuda'));
  torch.library.setGradientMode(false);
  if (config.threads !== undefined) torch.library.setThreads?.(config.threads);
  const place = [torch.library.constants[device.kind], device.index] as const;
  probe(torch, place, config.device);
  if (device.kind === 'cpu' && config.precision === 'bf16') warnOfEmulation();
  return { torch, installation, place };
}

/** Found out here, because loading the CUDA half of libtorch takes seconds. */
function requireDriver({ version }: TorchInstallation): void {
  try {
    koffi.load('libcuda.so.1');
  } catch (error) {
    throw new TorchBackendError(
      'DEVICE_UNAVAILABLE',
      `PyTorch ${version} finds no NVIDIA driver here.`,
      'Install one (nvidia-smi must list the card), or compute on cpu.',
      { cause: error },
    );
  }
}

const OWNER = 'TFJS_BACKEND_TORCH_THREAD';

/**
 * libtorch's pools of threads belong to the thread that calls it first. The process remembers that one in its
 * real environment, which worker threads share, unlike `process.env`.
 *
 * @throws `WRONG_THREAD`
 */
function claimThread(): void {
  const libc = koffi.load('libc.so.6');
  const read: (name: string) => string | null = libc.func('getenv', 'str', ['str']);
  const write: (name: string, value: string, force: number) => number = libc.func('setenv', 'int', [
    'str',
    'str',
    'int',
  ]);
  const [process_, thread] = (read(OWNER) ?? '').split(':');
  if (process_ === String(process.pid) && thread !== String(threadId)) {
    throw new TorchBackendError(
      'WRONG_THREAD',
      `PyTorch already runs in thread ${String(thread)} of this process, and this is thread ${String(threadId)}.`,
      'Compute in that thread, or start a process of its own for each (child_process.fork).',
    );
  }
  write(OWNER, `${process.pid}:${threadId}`, 1);
}

/** Read by cuBLAS and cuDNN when they are loaded. PyTorch's own default lets convolutions use it. */
function setTensorFloat32(wanted: boolean): void {
  if (wanted) process.env['TORCH_ALLOW_TF32_CUBLAS_OVERRIDE'] = '1';
  else process.env['NVIDIA_TF32_OVERRIDE'] = '0';
}

function probe(torch: Torch, place: Place, device: string): void {
  try {
    torch.scope(() => torch.fill(torch.empty([1], torch.library.constants.float32, place), 1));
  } catch (error) {
    const reason = error instanceof TorchBackendError ? error.what : String(error);
    throw new TorchBackendError(
      'DEVICE_UNAVAILABLE',
      `PyTorch cannot compute on ${device}: ${reason}`,
      'See whether nvidia-smi lists the card and its driver is new enough for this PyTorch, or compute on cpu.',
      { cause: error },
    );
  }
}

/** Without AVX-512 BF16 or AMX, bfloat16 products are emulated, some 25 times slower than float32. */
function warnOfEmulation(): void {
  if (/\bavx512_bf16\b|\bamx_bf16\b|\bbf16\b/.test(processorFlags())) return;
  process.emitWarning(
    'This processor has no bfloat16 arithmetic, so that bf16 is emulated, some 25 times slower than float32. Take precision float32.',
    { type: 'TorchBackendWarning', code: 'EMULATED_BF16' },
  );
}

function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
