import { formatTable, summarize, type CaseMetrics, type Summary } from '@voxmim/evaluation';

import type { EvaluationConfig } from '../config/evaluation-config.js';

/** Segmentations judged against the truth: `evaluation.json`. */
export interface EvaluationResult {
  /** Class names of the label maps, background first; scores of regions have names of their own. */
  readonly classes: readonly string[];
  readonly conventions: EvaluationConfig;
  readonly summary: Summary;
  readonly cases: readonly CaseMetrics[];
}

/** Summarizes cases under the given conventions. */
export function evaluationResult(
  cases: readonly CaseMetrics[],
  classes: readonly string[],
  conventions: EvaluationConfig,
): EvaluationResult {
  const { policy } = conventions;
  return { classes, conventions, summary: summarize(cases, { policy }), cases };
}

/** The table of an evaluation, as text. */
export function evaluationTable({ summary, conventions }: EvaluationResult): string {
  return `${formatTable(summary)}\nNSD tolerance ${conventions.nsdToleranceMm} mm; HD95 as ${conventions.hd95}.`;
}
