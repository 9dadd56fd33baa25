/**
 * A run as data in a folder: pretrain, fine-tune, compare, predict, evaluate, inspect, report.
 *
 * @module
 */
export { nestedSubset, type SplitCase, splitCases } from './batches/split.js';
export { type ComparedModel, compareModels } from './compare/compare-models.js';
export { type CompareOptions, compareRuns, type RunComparison } from './compare/compare-runs.js';
export { formatRunComparison } from './compare/format-run-comparison.js';
export {
  readFinetuneConfig,
  readPretrainConfig,
  resolveFinetune,
  resolvePretrain,
} from './config/resolve-config.js';
export { pullPackage, type PulledPackage, type PullOptions } from './hub/pull-package.js';
export { pushPackage, type PushedPackage, type PushOptions } from './hub/push-package.js';
export { formatInspection } from './inspect/format-inspection.js';
export { inspectData, type InspectDataOptions, type Inspection } from './inspect/inspect-data.js';
export type { VolumeFacts } from './inspect/volume-facts.js';
export {
  type EvaluationResult,
  evaluationTable,
  type FailedCase,
} from './judging/evaluation-result.js';
export { parseJson, RESTORE, SavedEvaluation } from './judging/saved-evaluation.js';
export { type LoadedSegmenter, loadSegmenter } from './model/load-segmenter.js';
export { formatModelSummary, type ModelSummary } from './model/model-summary.js';
export {
  makePackage,
  type MakePackageOptions,
  type PackageResult,
  type PackageWords,
} from './package/make-package.js';
export { loadPlugins } from './plugins/load-plugins.js';
export { userConsent, type UserConsentOptions } from './plugins/user-consent.js';
export { readRun } from './reporting/read-run.js';
export {
  type PicturedRun,
  readReconstructions,
  readSegmentations,
} from './reporting/run-pictures.js';
export {
  holdsRun,
  readProgress,
  readViewedRun,
  type RunProgress,
  type ViewedCase,
  type ViewedRun,
} from './reporting/viewed-run.js';
export { writeReport } from './reporting/write-report.js';
export { evaluateFolders, type EvaluateOptions } from './run/evaluate-folders.js';
export {
  EXPORT_TOLERANCE,
  exportCheckpoint,
  type ExportOptions,
  type ExportResult,
} from './run/export-checkpoint.js';
export { finetune, type FinetuneResult } from './run/finetune.js';
export {
  type MaskPictureResult,
  type MaskSummary,
  pictureMasks,
  type PictureMasksOptions,
} from './run/picture-masks.js';
export { formatMeasure, measureRun, type RunMeasure } from './run/measure-run.js';
export { formatPlan, planFinetune, planPretrain, planTask, type RunPlan } from './run/plan-run.js';
export { predict, type PredictOptions, type PredictResult } from './run/predict.js';
export { parseRegion, type RegionOfInterest } from './run/region-of-interest.js';
export {
  preprocessData,
  type PreprocessResult,
  readPreprocessConfig,
} from './run/preprocess-data.js';
export { pretrain, type PretrainResult } from './run/pretrain.js';
export { commandText, recordedCommand } from './run/recorded-command.js';
export { runEntry, type RunFolderOptions } from './run/run-folder.js';
export type { RunOptions } from './run/run-options.js';
export type { RunRecord } from './run/run-record.js';
export { runTask, type TaskResult } from './run/run-task.js';
export { formatComparison } from './study/format-comparison.js';
export { gatherStudy, type StudyResult } from './study/gather-study.js';
export { launchProcesses, type ProcessOptions } from './study/launch-process.js';
export { formatStudyPlan, planStudy, type StudyPlan } from './study/plan-study.js';
export { quickstart, type QuickstartOptions, type QuickstartSize } from './study/quickstart.js';
export { readStudyConfig, resolveStudy, type Study } from './study/resolve-study.js';
export { type ResumeOptions, type ResumeResult, resumeRun } from './study/resume-run.js';
export { runStudy, runStudyJob, type StudyOptions } from './study/run-study.js';
export { type SlurmOptions, type SlurmScript, slurmScripts, submitStudy } from './study/slurm.js';
export { createRunRegistries, registerTasks } from './tasks/built-in-tasks.js';
export { type LoadedTask, loadTask, predictsRows } from './tasks/load-task.js';
export {
  readTask,
  type ResolveOptions,
  resolveTask,
  type ResolveTaskOptions,
} from './tasks/resolve-task.js';
export { embedCases, type EmbedOptions, type EmbedResult } from './embed/embed-cases.js';
export { formatProbes, type ProbeOptions, type ProbeResult } from './embed/probe-features.js';
export {
  predictRows,
  type PredictRowsOptions,
  type PredictRowsResult,
} from './run/predict-rows.js';
