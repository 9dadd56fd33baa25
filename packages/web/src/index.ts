/**
 * A trained model in a browser: a scan in, a label map out, and nothing leaves the machine. Runs in Node.js too.
 *
 * @module
 */
export { loadModel, type LoadOptions } from './load-model.js';
export type { Engine, OrtModule } from './model/model-session.js';
export { readScan, type ReadScan } from './scan/read-scan.js';
export type { NamedBytes, ScanFile } from './scan/scan-files.js';
export type { Scan, Segmentation, TrainedModel, WorkOptions } from './trained-model.js';
export type { WorkerLike } from './worker/worker-model.js';
