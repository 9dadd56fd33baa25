import { printable, VoxmimError } from '@voxmim/core';

import { LocalModel } from './model/local-model.js';
import type { OrtModule } from './model/model-session.js';
import { bytesOf, type ScanFile } from './scan/scan-files.js';
import type { TrainedModel } from './trained-model.js';
import { WorkerModel, type WorkerLike } from './worker/worker-model.js';

/** How a model is loaded. */
export interface LoadOptions {
  /**
   * What computes: `auto` takes WebGPU where there is one and falls back to wasm. On wasm labels are those of
   * `voxmim predict`; on a graphics processor single voxels may differ, where two classes score the same but
   * for rounding.
   */
  readonly engine?: 'auto' | 'webgpu' | 'wasm';
  /** The folder, ending in `/`, that serves ONNX Runtime's `.wasm` and `.mjs` files; beside the script without it. */
  readonly wasmPaths?: string;
  /** Makes the thread that computes; false: this thread does. By default a worker where there are any. */
  readonly worker?: (() => WorkerLike) | false;
  /** ONNX Runtime in place of `onnxruntime-web`, such as `onnxruntime-node`; then this thread computes. */
  readonly ort?: OrtModule;
  /** Ends the download. */
  readonly signal?: AbortSignal;
}

/**
 * Loads a model that `voxmim export` wrote.
 *
 * @param source its address, or the file
 * @throws `NOT_FOUND`, `READ_FAILED` for an address that gives none; `INVALID_FILE` for a damaged or half file, or
 *   one without facts; `UNSUPPORTED_FILE` for a model of a newer voxmim; `BACKEND_UNAVAILABLE` when ONNX
 *   Runtime's files or the worker cannot be loaded
 *
 * @example
 * const model = await loadModel('model.onnx', { wasmPaths: '/ort/' });
 * const { labels, classes } = await model.segment(input.files);
 */
export async function loadModel(
  source: string | URL | ScanFile,
  { engine = 'auto', wasmPaths, worker, ort, signal }: LoadOptions = {},
): Promise<TrainedModel> {
  const { bytes, origin } = await contentOf(source, signal);
  // Not by `Worker`: under Node.js, ONNX Runtime makes one that is none.
  const here = ort !== undefined || worker === false || !('document' in globalThis || worker);
  if (here) return LocalModel.open(bytes, origin, { engine, wasmPaths, ort });
  return WorkerModel.open((worker ?? ownWorker)(), bytes, origin, { engine, wasmPaths });
}

/** Bundlers know this form, and make an entry of it. */
function ownWorker(): Worker {
  return new Worker(new URL('./worker/worker.js', import.meta.url), { type: 'module' });
}

async function contentOf(
  source: string | URL | ScanFile,
  signal: AbortSignal | undefined,
): Promise<{ bytes: Uint8Array; origin: string }> {
  if (typeof source !== 'string' && !(source instanceof URL))
    return { bytes: await bytesOf(source), origin: printable(source.name) };
  const origin = printable(String(source));
  const response = await fetch(source, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw notGiven(origin, error instanceof Error ? error.message : String(error), error);
  });
  if (response.status === 404) throw missing(origin);
  if (!response.ok) throw notGiven(origin, `the server answered ${response.status}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), origin };
}

function missing(path: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError('NOT_FOUND', `There is no ${path}.`, 'Check the address.', { path });
}

function notGiven(path: string, why: string, cause?: unknown): VoxmimError<'READ_FAILED'> {
  return new VoxmimError(
    'READ_FAILED',
    `${path} cannot be read: ${why}.`,
    'Check the address and the connection.',
    { path },
    { cause },
  );
}
