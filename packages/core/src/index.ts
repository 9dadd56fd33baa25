/**
 * The contracts every `@voxmim/*` package shares: volumes and their geometry, masks, encoders,
 * objectives, heads, registries, seeded randomness and errors. Holds no model code.
 *
 * @module
 */
export {
  affineOf,
  affinesAgree,
  composeAffines,
  invertAffine,
  spacingOf,
  transformPoint,
  type Affine,
  type Vector3,
} from './affine.js';
export {
  encodesVisible,
  encodesWithMaskToken,
  hasResidualStream,
  type Encoder,
  type EncoderCapability,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type ForwardContext,
  type MaskTokenEncoder,
  type ParameterOwner,
  type ResidualStreamEncoder,
  type VisibleTokenEncoder,
} from './encoder.js';
export {
  deviceNames,
  precisionNames,
  type DeviceName,
  type PrecisionName,
} from './engine-names.js';
export {
  isVoxmimError,
  VoxmimError,
  type AnyVoxmimError,
  type ErrorCode,
  type ErrorDetails,
} from './errors.js';
export type { Exchange, ExchangeTraffic } from './exchange.js';
export type { ClassBalance, CropBalance } from './crop-balance.js';
export type {
  CaseSplit,
  CropMove,
  DatasetCase,
  DatasetSeries,
  DrawnSample,
  RandomKey,
  SampleRequest,
  SampleSource,
  SampleTarget,
} from './dataset-case.js';
export type { HeadContext, SegmentationHead } from './head.js';
export type { LoggerContext } from './logger.js';
export type { MaskContext, MaskStrategy, MaskTensors, TokenMask } from './mask.js';
export { nearestName } from './nearest-name.js';
export type {
  ContrastiveObjective,
  MaskedObjective,
  Objective,
  ObjectiveContext,
  Reconstruction,
} from './objective.js';
export { fillNormal, fillUniform } from './fill-random.js';
export { printable } from './printable.js';
export { createRandom, permutation, type Random } from './random.js';
export { isUnreadable, type VolumeReader } from './reader.js';
export { noConsent, type LocatedPlugin, type PluginConsent } from './plugin-consent.js';
export type { Plugin, Registries } from './registries.js';
export {
  Registry,
  type ComponentDefinition,
  type ConfigSchema,
  type NamedConfig,
} from './registry.js';
export type { RunMonitor, StageProgress } from './run-monitor.js';
export { describeValue, extent, parseConfig, shape3, spacing3 } from './schema.js';
export { mapAxes, tile, volumeOf, zipAxes, type Shape3, type Spacing3 } from './shapes.js';
export type {
  CaseReading,
  FieldsOf,
  Fitting,
  HostCrops,
  InitialWeights,
  Judgment,
  PredictedRow,
  PreparedCase,
  RunConfig,
  SamplesWanted,
  SavedFindings,
  Settled,
  StepFacts,
  Task,
  TaskContext,
  TaskData,
  TaskDataset,
  TaskDefinition,
  TaskFields,
  TaskFile,
  TaskOutputs,
  TaskParsing,
  TaskRun,
  TaskSource,
  TunedConfig,
} from './task.js';
export {
  registered,
  TaskRegistry,
  type ConfiguredTask,
  type RegisteredTask,
  type SettledTask,
} from './task-registry.js';
export type {
  ReportedChart,
  ReportedFact,
  ReportedScore,
  ReportedTable,
  TaskReport,
} from './task-report.js';
export type {
  CheckpointRecord,
  EvaluationRecord,
  StepRecord,
  TrainingBatch,
  TrainingObserver,
  TrainingResult,
} from './training-observer.js';
export { VolumeReaders } from './volume-readers.js';
export type { LabelVolume, Volume, VoxelArray } from './volume.js';
export { spendWeights, withWeightBudget } from './weight-budget.js';
