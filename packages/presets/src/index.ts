/**
 * What a run is: the registries of what is built in, the configs, and models built from them.
 *
 * @module
 */
export { checkedFinetune, checkedPretrain } from './config/checked-config.js';
export { DataConfig, Split, SplitConfig } from './config/data-config.js';
export { EvaluationConfig } from './config/evaluation-config.js';
export {
  FinetuneConfig,
  FinetuneValidationConfig,
  frozenSteps,
  InitializationConfig,
} from './config/finetune-config.js';
export { InferenceConfig } from './config/inference-config.js';
export { LabelsConfig } from './config/labels-config.js';
export { createMaskStrategy } from './config/masking-fit.js';
export { OptimizerConfig } from './config/optimization-config.js';
export { applyOverrides } from './config/overrides.js';
export { type ConfigPatch, patchConfig } from './config/patch-config.js';
export { PretrainConfig, PretrainValidationConfig } from './config/pretrain-config.js';
export { finetuneSchema, pretrainSchema, runJsonSchema, studySchema } from './config/run-schema.js';
export { RunFields, taskFields, taskParsing, taskSchema } from './config/task-fields.js';
export { keysOf } from './config/schema-walk.js';
export {
  type ArmConfig,
  type AxisConfig,
  type LabelCount,
  StudyConfig,
} from './config/study-config.js';
export { TrainingData } from './config/training-data.js';
export {
  buildEncoder,
  buildPretrainModel,
  buildSegmenter,
  type PretrainModel,
} from './model/build-model.js';
export { type LogitKind, ProbabilityMap } from './model/probability-map.js';
export {
  EncoderFacts,
  MODEL_FACTS_VERSION,
  ModelFacts,
  readModelFacts,
  ReconstructorFacts,
  SegmenterFacts,
} from './model/model-facts.js';
export {
  type InferenceFields,
  type SegmentOptions,
  segmentVolume,
  segmentWindows,
} from './model/segment-volume.js';
export {
  loadTrainedSegmenter,
  segmenterOf,
  type SegmenterFiles,
  type TrainedSegmenter,
} from './model/trained-segmenter.js';
export { trainingLoss } from './model/training-loss.js';
export { unlikeTraining } from './model/unlike-training.js';
export { lookOf, startOf, type VolumeLook } from './model/volume-look.js';
export { createRegistries, type RegistriesOptions } from './registries.js';
