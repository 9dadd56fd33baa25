/**
 * A run as data: config, pretrain, fine-tune, evaluate, compare, report.
 *
 * @module
 */
export { compareModels, type ComparedModel } from './compare/compare-models.js';
export { compareRuns, type CompareOptions, type RunComparison } from './compare/compare-runs.js';
export { formatRunComparison } from './compare/format-run-comparison.js';
export { DataConfig, Split, SplitConfig } from './config/data-config.js';
export { EvaluationConfig } from './config/evaluation-config.js';
export {
  FinetuneConfig,
  FinetuneValidationConfig,
  InferenceConfig,
  InitializationConfig,
} from './config/finetune-config.js';
export { LabelsConfig } from './config/labels-config.js';
export { OptimizerConfig } from './config/optimization-config.js';
export { applyOverrides } from './config/overrides.js';
export { PretrainConfig, PretrainValidationConfig } from './config/pretrain-config.js';
export {
  readFinetuneConfig,
  readPretrainConfig,
  resolveFinetune,
  resolvePretrain,
  type ResolveOptions,
} from './config/resolve-config.js';
export { runJsonSchema, type Task } from './config/run-schema.js';
export { nestedSubset, splitCases, type SplitCase } from './data/split.js';
export {
  evaluationTable,
  type EvaluationResult,
  type FailedCase,
} from './evaluation/evaluation-result.js';
export { loadSegmenter, type LoadedSegmenter } from './model/load-segmenter.js';
export { formatInspection } from './inspect/format-inspection.js';
export { inspectData, type Inspection, type InspectDataOptions } from './inspect/inspect-data.js';
export { type VolumeFacts } from './inspect/volume-facts.js';
export { inspectPicture, type InspectOptions } from './picture/inspect-picture.js';
export { loadPlugins, type Plugin } from './plugins/load-plugins.js';
export type { LocatedPlugin, PluginConsent } from './plugins/plugin-consent.js';
export { userConsent, type UserConsentOptions } from './plugins/user-consent.js';
export { createRegistries, type Registries, type RegistriesOptions } from './registries.js';
export type { ModelDifference, ModelDifferences } from './report/case-content.js';
export { concludeComparison } from './report/conclude-comparison.js';
export { concludeDifferences } from './report/conclude-differences.js';
export { drawReconstruction, type ReconstructionInput } from './report/draw-reconstruction.js';
export {
  bestMedianWorst,
  drawSegmentation,
  type ScoredCase,
  type SegmentationInput,
} from './report/draw-segmentation.js';
export { readRun } from './report/read-run.js';
export { curvesOf, mergeCurves } from './report/run-curves.js';
export { runFacts } from './report/run-facts.js';
export { readReconstructions, readSegmentations, type PicturedRun } from './report/run-pictures.js';
export { ScoreInterval } from './report/score-interval.js';
export { scoreTableOf, type ScoreSummary } from './report/score-table.js';
export { renderReport } from './report/render-report.js';
export {
  Comparison,
  ComparisonRow,
  CurveChart,
  emptyReport,
  PictureExample,
  ReportContent,
  ReportPicture,
  ScoreTable,
  type ReportFact,
} from './report/report-content.js';
export { writeReport } from './report/write-report.js';
export {
  exportCheckpoint,
  EXPORT_TOLERANCE,
  type ExportOptions,
  type ExportResult,
} from './run/export-checkpoint.js';
export { evaluateFolders, type EvaluateOptions } from './run/evaluate-folders.js';
export { finetune, type FinetuneResult } from './run/finetune.js';
export {
  pictureMasks,
  type MaskPictureResult,
  type MaskSummary,
  type PictureMasksOptions,
} from './run/picture-masks.js';
export { predict, type PredictOptions, type PredictResult } from './run/predict.js';
export {
  preprocessData,
  readPreprocessConfig,
  type PreprocessResult,
} from './run/preprocess-data.js';
export { pretrain, type PretrainResult } from './run/pretrain.js';
export type { RunFolderOptions } from './run/run-folder.js';
export type { RunOptions } from './run/run-options.js';
export { formatModelSummary, type ModelSummary } from './model/model-summary.js';
export { formatPlan, planFinetune, planPretrain, type RunPlan } from './run/plan-run.js';
export { StudyConfig } from './config/study-config.js';
export { readStudyConfig, resolveStudy, type Study } from './study/resolve-study.js';
export { gatherStudy, type StudyResult } from './study/gather-study.js';
export { runStudy, runStudyJob, type StudyOptions } from './study/run-study.js';
export { formatStudyPlan, planStudy, type StudyPlan } from './study/plan-study.js';
export { quickstart, type QuickstartOptions, type QuickstartSize } from './study/quickstart.js';
export { formatComparison } from './study/format-comparison.js';
