/**
 * Checkpoints as folders, and logs as files.
 *
 * @module
 */
export {
  CheckpointFolder,
  type CheckpointFolderOptions,
  openCheckpointFolder,
} from './checkpoint-folder.js';
export type { Hyperparameters, LoggedPicture } from './event-record.js';
export { findCheckpoint, stepFolders, type WhichCheckpoint } from './find-checkpoint.js';
export { type JsonlLine, JsonlLog, readJsonlLog } from './jsonl-log.js';
export {
  loadCheckpoint,
  loadCheckpointWeights,
  type LoadedCheckpoint,
  type LoadedWeights,
  readCheckpointConfig,
  readSafetensors,
} from './load-checkpoint.js';
export { type TensorBoardFacts, TensorBoardLog } from './tensorboard-log.js';
