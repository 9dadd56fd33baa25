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
export { type JsonlLine, JsonlLog, readJsonlLog } from './jsonl-log.js';
export {
  findCheckpoint,
  loadCheckpoint,
  loadCheckpointWeights,
  type LoadedCheckpoint,
  type LoadedWeights,
  readSafetensors,
} from './load-checkpoint.js';
export { type TensorBoardFacts, TensorBoardLog } from './tensorboard-log.js';
