/**
 * Plain JSON of a run to one HTML file, and pictures of volumes.
 *
 * @module
 */
export type { ModelDifference, ModelDifferences } from './case-content.js';
export { casePlotOf, caseTableOf, pairedPlotOf, pairedTableOf } from './case-tables.js';
export { Comparison, ComparisonRow, type Finding } from './comparison-content.js';
export { concludeComparison, sizeOf } from './conclude-comparison.js';
export { concludeDifferences } from './conclude-differences.js';
export {
  concludeFinetuning,
  evaluationHighlights,
  evaluationWarnings,
} from './conclude-finetuning.js';
export {
  concludePretraining,
  type PretrainingFindings,
  pretrainingHighlights,
  pretrainingWarnings,
} from './conclude-pretraining.js';
export { verdictOf } from './difference-section.js';
export { drawReconstruction, type ReconstructionInput } from './draw-reconstruction.js';
export {
  bestMedianWorst,
  drawSegmentation,
  type ScoredCase,
  type SegmentationInput,
} from './draw-segmentation.js';
export { fixed, formatP } from './layout.js';
export { labelColor } from './picture/colors.js';
export { type InspectOptions, inspectPicture } from './picture/inspect-picture.js';
export { maskPicture } from './picture/mask-picture.js';
export { renderReport } from './render-report.js';
export {
  CurveChart,
  emptyReport,
  PictureExample,
  ReportContent,
  type ReportFact,
  ReportPicture,
  ScoreTable,
} from './report-content.js';
export { curvesOf, evaluationsOf, mergeCurves } from './run-curves.js';
export { formatDuration, runFacts, SavedRecord } from './run-facts.js';
export { notesByWeight } from './run-notes.js';
export { ScoreInterval } from './score-interval.js';
export { type ScoreSummary, scoreTableOf } from './score-table.js';
export { allWithoutPlaces } from './without-places.js';
