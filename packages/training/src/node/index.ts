/**
 * The parts of `@voxmim/training` that need Node.js: checkpoints as folders, and logs as files.
 *
 * @module
 */
export {
  CheckpointFolder,
  openCheckpointFolder,
  type CheckpointFolderOptions,
} from './checkpoint-folder.js';
export {
  findCheckpoint,
  loadCheckpoint,
  loadCheckpointWeights,
  readSafetensors,
  type LoadedCheckpoint,
  type LoadedWeights,
} from './load-checkpoint.js';
export { JsonlLog, readJsonlLog, type JsonlLine } from './jsonl-log.js';
export type { Hyperparameters, LoggedPicture } from './event-record.js';
export { TensorBoardLog, type TensorBoardFacts } from './tensorboard-log.js';
