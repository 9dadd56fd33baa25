/**
 * How good a segmentation is: overlap, surface distances and volumes on typed arrays, with stated
 * policies for empty classes, intervals, and paired tests; and what a pretraining has learned.
 *
 * @module
 */
export { caseCells, caseRows, formatCsv, type CaseRow } from './case-rows.js';
export { csvOf, type CsvRow } from './csv.js';
export { classMasks, type ClassMasks } from './class-masks.js';
export { DistanceField } from './distance-field.js';
export { distanceTransform } from './distance-transform.js';
export {
  evaluateCase,
  evaluateMasks,
  regionMask,
  type CaseMetrics,
  type ClassMetrics,
  type EvaluationOptions,
  type MaskOptions,
} from './evaluate-case.js';
export { effectiveRank, embeddingSpread, type FeatureRows } from './pretraining/effective-rank.js';
export {
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type MaskedCrop,
} from './pretraining/inpaint-hidden.js';
export { probeLinearly, type ProbeRows } from './pretraining/linear-probe.js';
export { viewAgreement, type ViewAgreement } from './pretraining/view-agreement.js';
export { formatTable } from './format-table.js';
export type { LabelGrid } from './label-grid.js';
export { intervalCaution } from './interval-caution.js';
export {
  meanHeight,
  smoothCurve,
  stepsToLevel,
  type CurvePoint,
  type LearningCurve,
  type ReachedLevel,
} from './learning-curve.js';
export type { MaskMetrics } from './mask-metrics.js';
export {
  bootstrapInterval,
  comparePairs,
  meanOf,
  resampler,
  type BootstrapOptions,
  type Interval,
  type PairedComparison,
  type Resampler,
} from './bootstrap.js';
export {
  replicatedInterval,
  replicatedMean,
  type ReplicatedScores,
} from './replicated-interval.js';
export { caseMeans, metricNames, scoreOf, type EmptyPolicy, type MetricName } from './score.js';
export {
  summarize,
  type ClassSummary,
  type MetricIntervals,
  type MetricSummary,
  type Summary,
  type SummaryOptions,
} from './summarize.js';
export { surfaceDistances, surfaceVoxels, type SurfaceDistances } from './surface-distances.js';
export { surfaceMetrics, type Hd95Convention, type SurfaceMetrics } from './surface-metrics.js';
export { wilcoxonSignedRank, type PairedTest } from './wilcoxon.js';
