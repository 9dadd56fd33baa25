import { findBackend } from '@tensorflow/tfjs-core';

import { TorchBackend, type TorchBackendStatistics } from './backend.js';
import { TorchBackendError } from './error.js';
import { BACKEND_NAME } from './kernels/register.js';

/** Work and memory of the backend since it started. */
export function statistics(): TorchBackendStatistics {
  const backend: unknown = findBackend(BACKEND_NAME);
  if (backend instanceof TorchBackend) return backend.statistics();
  throw new TorchBackendError(
    'CLOSED',
    'The torch backend is not running.',
    "Call tf.setBackend('torch').",
  );
}
