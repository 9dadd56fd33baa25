import { findBackend } from '@tensorflow/tfjs-core';
import { OnnxBackend, type OnnxBackendStatistics } from './backend.js';
import { OnnxBackendError } from './error.js';
import { BACKEND_NAME } from './kernels/register.js';

/**
 * Computes every live tensor of the backend and waits until it is done.
 *
 * @throws `COMPILE_FAILED` or `RUN_FAILED`, naming the TF.js op and the shapes.
 */
export async function flush(): Promise<void> {
  await onnxBackend().flush();
}

/** {@link flush}; the calling thread sleeps meanwhile. */
export function flushSync(): void {
  onnxBackend().flushSync();
}

/** Graphs compiled and run, nodes run, and the device's memory; waits for running work. */
export async function statistics(): Promise<OnnxBackendStatistics> {
  return await onnxBackend().statistics();
}

/** The registered backend. */
export function onnxBackend(): OnnxBackend {
  const backend: unknown = findBackend(BACKEND_NAME);
  if (backend instanceof OnnxBackend) return backend;
  throw new OnnxBackendError(
    'CLOSED',
    'The onnx backend is not registered.',
    "Call tf.setBackend('onnx').",
  );
}
