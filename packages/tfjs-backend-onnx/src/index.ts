/**
 * A TensorFlow.js backend named `onnx`: kernels record, reading computes, ONNX Runtime does the work.
 *
 * @module
 */
import { registerOnnxBackend } from './register-backend.js';

export { OnnxBackend } from './backend.js';
export type { OnnxBackendStatistics } from './backend.js';
export { configuration, configure, setThreads } from './configuration.js';
export type { OnnxBackendConfig } from './configuration.js';
export type { DeviceStatistics } from './device/protocol.js';
export { OnnxBackendError } from './error.js';
export type { OnnxBackendErrorCode } from './error.js';
export { listExecutionProviders } from './execution-providers.js';
export type { ExecutionProvider } from './execution-providers.js';
export { checkExport } from './export/check-export.js';
export { exportOnnx } from './export/export-onnx.js';
export type { ExportOnnxOptions, ExportableFunction } from './export/export-onnx.js';
export { flush, flushSync, statistics } from './flush.js';

registerOnnxBackend();
