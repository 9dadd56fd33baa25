/**
 * AdamW, schedules, training loops, checkpoints with exact resume, weight transfer and logging.
 *
 * @module
 */
export { AdamW, AdamWConfig, type AdamWUpdate } from './adamw.js';
export { CheckpointConfig } from './checkpoint-config.js';
export { clipByGlobalNorm, clipFactor, globalNorm } from './gradient-norm.js';
export { gradientsOf, type LossGradients } from './gradients.js';
export {
  parameterGroups,
  type ParameterGroup,
  type ParameterGroupOptions,
} from './parameter-groups.js';
export { decodePytorch } from './pytorch/decode-pytorch.js';
export { recognizeWeights, type ForeignWeights } from './foreign/foreign-weights.js';
export { decodeSafetensors, type SafetensorsContent } from './safetensors/decode.js';
export { encodeSafetensors, safetensorsChunks } from './safetensors/encode.js';
export type { StoredTensor, StoredValues, TensorMap } from './safetensors/stored-tensor.js';
export {
  createSchedule,
  scaledLearningRate,
  ScheduleConfig,
  warmupCosine,
  warmupPoly,
  type Schedule,
  type ScheduleRange,
  type WarmupCosineOptions,
  type WarmupPolyOptions,
} from './schedule.js';
export {
  restoreSnapshot,
  takeSnapshot,
  type TrainingParts,
  type TrainingSnapshot,
  type TrainingState,
} from './snapshot.js';
export { loadWeights, readVariables, variablesOf } from './stored-variables.js';
export { train, type CheckpointStore, type TrainingBatch, type TrainOptions } from './train.js';
export type {
  CheckpointRecord,
  EvaluationRecord,
  StepRecord,
  TrainingObserver,
  TrainingResult,
} from './training-observer.js';
export type { AdaptationGeometry } from './transfer/adapt-tensor.js';
export { formatTransferTable } from './transfer/format-transfer-table.js';
export {
  transferWeights,
  type TransferEntry,
  type TransferOptions,
  type TransferReport,
} from './transfer/transfer-weights.js';
export { WeightAverage } from './weight-average.js';
