import { isVoxmimError } from '@voxmim/core';
import { summarize } from '@voxmim/evaluation';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';

import {
  type ModelDifferences,
  pairedPlotOf,
  pairedTableOf,
  concludeDifferences,
  renderReport,
  emptyReport,
  ReportContent,
  scoreTableOf,
  allWithoutPlaces,
} from '@voxmim/report';
import { readSegmentations } from '../reporting/run-pictures.js';
import { compareModels } from './compare-models.js';
import { readComparedRuns, type ComparedRun } from './compared-run.js';
import { sharedCases, sharingWarnings, type SharedCases } from './shared-cases.js';

/** What {@link compareRuns} is given. */
export interface CompareOptions {
  /** Folders of fine-tuned runs or of evaluations, the one to compare with first. */
  readonly folders: readonly string[];
  /** Path of the HTML page; nothing is written without it. */
  readonly out?: string;
  /** Replaces a page that is there; default false. */
  readonly force?: boolean;
}

/** Runs side by side on the cases that all were judged on. */
export interface RunComparison {
  /** What they are called in tables, in the order given. */
  readonly runs: readonly string[];
  /** The cases that count. */
  readonly cases: readonly string[];
  readonly conclusion: string;
  readonly warnings: readonly string[];
  readonly differences: ModelDifferences;
}

/**
 * Compares runs with the first of them: paired by case, class by class, with intervals over the cases
 * that all share.
 *
 * @throws as `readComparedRuns` and `sharedCases`; `FILE_EXISTS` without `force`; `WRITE_FAILED`
 */
export async function compareRuns({
  folders,
  out,
  force = false,
}: CompareOptions): Promise<RunComparison> {
  if (out !== undefined) await checkOutputs([out], { force });
  const runs = await readComparedRuns(folders);
  const shared = sharedCases(runs);
  const policy = runs[0]?.evaluation.summary.policy ?? 'nnunet';
  const models = runs.map(({ name }, index) => ({ name, cases: shared.cases[index] ?? [] }));
  const differences = compareModels(models, policy);
  const comparison: RunComparison = {
    runs: runs.map(({ name }) => name),
    cases: shared.ids,
    conclusion: concludeDifferences(differences),
    warnings: sharingWarnings(runs, shared),
    differences,
  };
  if (out === undefined) return comparison;
  const summaries = models.map(({ name, cases }) => ({
    name,
    summary: summarize(cases, { policy }),
  }));
  const content: ReportContent = {
    ...emptyReport,
    title: comparison.runs.join(' against '),
    conclusion: comparison.conclusion,
    warnings: comparison.warnings,
    highlights: summaries.map(({ name, summary }) => ({
      label: `Mean Dice, ${name}`,
      value: summary.mean.dice.mean.toFixed(3),
    })),
    differences,
    tables: [scoreTableOf(`${shared.ids.length} shared cases`, summaries, ['', ...shared.classes])],
    casePlots: [pairedPlotOf(models, policy)],
    caseTables: [pairedTableOf(models, policy)],
    splits: [{ name: 'Shared by all', ids: shared.ids }],
    ...(await pictured(runs, shared)),
  };
  const page = renderReport(ReportContent.parse(allWithoutPlaces(content)));
  await writeFileWhole(out, new TextEncoder().encode(page));
  return comparison;
}

/** Pictures where all runs keep predictions and the data are in their place. */
async function pictured(
  runs: readonly ComparedRun[],
  { classes }: SharedCases,
): Promise<Pick<ReportContent, 'classes' | 'segmentations'>> {
  try {
    return { classes, segmentations: await readSegmentations(runs) };
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    return { classes, segmentations: [] };
  }
}
