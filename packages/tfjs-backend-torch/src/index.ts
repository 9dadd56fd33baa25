/**
 * A TensorFlow.js backend named `torch`: every kernel is an operator of the PyTorch that is installed,
 * called through its stable C interface.
 *
 * @module
 */
import { registerTorchBackend } from './register-backend.js';

export { configureStack } from './abi/library.js';
export { TorchBackend } from './backend.js';
export type { ForeignFill, TorchBackendStatistics } from './backend.js';
export { configuration, configure } from './configuration.js';
export type { Precision, TorchBackendConfig } from './configuration.js';
export { TorchBackendError } from './error.js';
export type { TorchBackendErrorCode } from './error.js';
export { locateTorch } from './locate/locate-torch.js';
export type { TorchInstallation } from './locate/locate-torch.js';
export { startTorchBackend } from './register-backend.js';
export { statistics } from './statistics.js';

registerTorchBackend();
