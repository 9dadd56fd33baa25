import { TorchBackendError } from './error.js';

/** How numbers are computed; stored numbers are float32. */
export type Precision = 'float32' | 'tf32' | 'bf16';

/** What {@link configure} sets. */
export interface TorchBackendConfig {
  /** `cpu`, `cuda` or `cuda:1`; default `cpu`. */
  readonly device: string;
  /**
   * - `float32` (default): everything.
   * - `tf32`: products and convolutions on CUDA round their inputs to 10 bits of mantissa.
   * - `bf16`: products, attention and convolutions take bfloat16; norms, reductions, losses and AdamW
   *   compute in float32 on float32 parameters.
   */
  readonly precision: Precision;
  /** Threads of one operator on the processor; default: what PyTorch takes, the cores. */
  readonly threads?: number | undefined;
  /** A Python, a virtual environment or a torch folder; default: what VOXMIM_TORCH says, else the PATH. */
  readonly torch?: string | undefined;
}

/** A kind of device and which one of its kind. */
export interface DeviceChoice {
  readonly kind: 'cpu' | 'cuda';
  readonly index: number;
}

const PRECISIONS: readonly string[] = ['float32', 'tf32', 'bf16'] satisfies Precision[];

let current: TorchBackendConfig = { device: 'cpu', precision: 'float32' };

/** The configuration in force. */
export function configuration(): TorchBackendConfig {
  return current;
}

/**
 * Changes the configuration. Device, precision and torch are taken when the backend starts, which is at
 * `tf.setBackend('torch')`; to change them later, `tf.removeBackend('torch')` first.
 *
 * @throws `INVALID_CONFIG` for a device, precision or number of threads that cannot be
 */
export function configure(changes: Partial<TorchBackendConfig>): void {
  const next = { ...current, ...changes };
  parseDevice(next.device);
  if (!PRECISIONS.includes(next.precision)) {
    throw invalid(`precision "${next.precision}"`, `Take one of ${PRECISIONS.join(', ')}.`);
  }
  const { threads } = next;
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw invalid(`${threads} threads`, 'Give a positive whole number.');
  }
  current = next;
}

/**
 * Reads `cpu`, `cuda` or `cuda:N`, also with `torch:` before.
 *
 * @throws `INVALID_CONFIG`
 */
export function parseDevice(text: string): DeviceChoice {
  const match = /^(?:torch:)?(cpu|cuda)(?::(\d+))?$/.exec(text);
  const [, kind, index = '0'] = match ?? [];
  if (kind === 'cuda') return { kind, index: Number(index) };
  if (kind === 'cpu' && index === '0') return { kind, index: 0 };
  throw invalid(`device "${text}"`, 'Take cpu, cuda, or cuda:1 for the second card.');
}

function invalid(what: string, remedy: string): TorchBackendError {
  return new TorchBackendError('INVALID_CONFIG', `The torch backend knows no ${what}.`, remedy);
}
