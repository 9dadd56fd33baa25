import { printable } from '@voxmim/core';
import { formatTable, summarize, type CaseMetrics, type Summary } from '@voxmim/evaluation';

import type { EvaluationConfig } from '@voxmim/presets';

/** Segmentations judged against the truth: `evaluation.json`. */
export interface EvaluationResult {
  /** Class names of the label maps, background first; scores of regions have names of their own. */
  readonly classes: readonly string[];
  readonly conventions: EvaluationConfig;
  readonly summary: Summary;
  readonly cases: readonly CaseMetrics[];
  /** Cases that could not be read: no score counts them. */
  readonly failed: readonly FailedCase[];
  /** What somebody should know about the label maps, such as that labels were rounded. */
  readonly notes: readonly string[];
}

/** A case that is not judged, and why. */
export interface FailedCase {
  readonly id: string;
  readonly message: string;
}

/** Summarizes cases under the given conventions. */
export function evaluationResult(
  cases: readonly CaseMetrics[],
  classes: readonly string[],
  conventions: EvaluationConfig,
  { failed = [], notes = [] }: Partial<Pick<EvaluationResult, 'failed' | 'notes'>> = {},
): EvaluationResult {
  const { policy } = conventions;
  return { classes, conventions, summary: summarize(cases, { policy }), cases, failed, notes };
}

/** The table of an evaluation, as text. */
export function evaluationTable({ summary, conventions, failed, notes }: EvaluationResult): string {
  const lines = [
    formatTable(summary),
    `NSD tolerance ${conventions.nsdToleranceMm} mm; HD95 as ${conventions.hd95}.`,
    ...failed.map(({ id, message }) => `Failed, and in no score: ${id}. ${message}`),
    ...notes.map((note) => `Note: ${note}`),
  ];
  return printable(lines.join('\n'));
}
