/**
 * Finds, checks and starts the best TensorFlow.js backend there is.
 *
 * @module
 */
export { backendNames, parseBackendName, type BackendName } from './backend-name.js';
export type { BackendDescription } from './candidate.js';
export type { EngineOptions } from './engine-settings.js';
export { listBackends, type BackendReport, type ListBackendsOptions } from './list-backends.js';
export { measureSpeed, type Speed } from './measure.js';
export { openExchange } from './parallel/open-exchange.js';
export { ranksOf, type Launcher, type Ranks } from './parallel/ranks.js';
export { startBackend, type StartBackendOptions, type StartedBackend } from './start-backend.js';
export {
  linkTensorflow,
  type LinkedTensorflow,
  type LinkTensorflowOptions,
} from './tensorflow/link-tensorflow.js';
export type { TensorflowPackage } from './tensorflow/linked-package.js';
