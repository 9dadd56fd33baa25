/**
 * AdamW, schedules, training loops, and what watches them.
 *
 * @module
 */
export { AdamW, AdamWConfig, type AdamWUpdate } from './adamw.js';
export { CheckpointConfig } from './checkpoint-config.js';
export { ownPasses, type OwnPasses } from './exchange/own-passes.js';
export { clipByGlobalNorm, clipFactor, globalNorm } from './gradient-norm.js';
export {
  type ParameterGroup,
  type ParameterGroupOptions,
  parameterGroups,
} from './parameter-groups.js';
export {
  createSchedule,
  scaledLearningRate,
  type Schedule,
  ScheduleConfig,
  type ScheduleRange,
  warmupCosine,
  type WarmupCosineOptions,
  warmupPoly,
  type WarmupPolyOptions,
} from './schedule.js';
export {
  restoreSnapshot,
  takeSnapshot,
  type TrainingParts,
  type TrainingSnapshot,
  type TrainingState,
} from './snapshot.js';
export { type CheckpointStore, train, type TrainOptions } from './train.js';
export type {
  CheckpointRecord,
  EvaluationRecord,
  StepRecord,
  TrainingObserver,
  TrainingResult,
  TrainingBatch,
} from '@voxmim/core';
export { WeightAverage } from './weight-average.js';
