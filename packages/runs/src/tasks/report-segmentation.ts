import type { TaskReport } from '@voxmim/core';
import {
  casePlotOf,
  caseTableOf,
  concludeFinetuning,
  evaluationHighlights,
  evaluationWarnings,
  scoreTableOf,
} from '@voxmim/report';

import type { SavedEvaluation } from '../judging/saved-evaluation.js';

/** What the evaluation of a segmentation model has to tell; nothing where there is none. */
export function reportSegmentation(evaluation: SavedEvaluation | undefined): TaskReport {
  if (!evaluation) return { conclusion: '', warnings: [], highlights: [] };
  const { summary, cases, classes } = evaluation;
  return {
    conclusion: concludeFinetuning(evaluation),
    warnings: evaluationWarnings(evaluation),
    highlights: evaluationHighlights(evaluation),
    tables: [scoreTableOf('Test cases', [{ name: 'model', summary }], classes)],
    more: {
      casePlots: [casePlotOf(cases, summary.policy)],
      caseTables: [caseTableOf(cases, summary.policy)],
      classes: classes.slice(1),
    },
  };
}
