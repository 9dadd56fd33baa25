/**
 * How good a segmentation is: overlap, surface distances and volumes on typed arrays, with stated
 * policies for empty classes, intervals, and paired tests.
 *
 * @module
 */
export { classMasks, type ClassMasks } from './class-masks.js';
export { DistanceField } from './distance-field.js';
export { distanceTransform } from './distance-transform.js';
export {
  evaluateCase,
  type CaseMetrics,
  type ClassMetrics,
  type EvaluationOptions,
  type Hd95Convention,
  type LabelGrid,
} from './evaluate-case.js';
export { formatTable } from './format-table.js';
export {
  bootstrapInterval,
  meanOf,
  wilcoxonSignedRank,
  type BootstrapOptions,
  type Interval,
  type PairedTest,
} from './statistics.js';
export {
  caseMeans,
  metricNames,
  scoreOf,
  summarize,
  type ClassSummary,
  type EmptyPolicy,
  type MetricName,
  type MetricSummary,
  type Summary,
  type SummaryOptions,
} from './summarize.js';
export { surfaceDistances, surfaceVoxels, type SurfaceDistances } from './surface-distances.js';
