import {
  isUnreadable,
  spacingOf,
  VoxmimError,
  type DatasetCase,
  type Judgment,
  type TaskRun,
} from '@voxmim/core';
import { outputPath } from '@voxmim/core/node';
import { readLabels } from '@voxmim/datasets/node';
import { writeVolume } from '@voxmim/formats/node';
import type { CaseMetrics } from '@voxmim/evaluation';
import type { Segmenter } from '@voxmim/segmentation';

import { type FinetuneConfig, segmentVolume } from '@voxmim/presets';
import {
  evaluationResult,
  evaluationTable,
  type FailedCase,
} from '../judging/evaluation-result.js';
import { judgeCase } from '../judging/judge-case.js';
import { withoutRoot } from './without-root.js';

/**
 * Segments the test cases of a run, writes the label maps, and judges them on their native grids.
 * Table and numbers go to the folder of the run. Where `data.onError` is `skip`, a case that cannot be read is
 * listed as failed; the others are judged.
 */
export async function evaluateCases(
  run: TaskRun,
  config: FinetuneConfig,
  model: Segmenter,
): Promise<Judgment> {
  const { data, monitor } = run;
  const { test } = data.split;
  const cases: CaseMetrics[] = [];
  const failed: FailedCase[] = [];
  for (const id of test) {
    try {
      const metrics = await evaluateTestCase(run, config, model, id);
      if (metrics) cases.push(metrics);
    } catch (error) {
      if (!run.skipsUnreadable || !isUnreadable(error)) throw error;
      failed.push({ id, message: withoutRoot(error.message, data.dataset.root) });
      monitor.note?.(`Test case ${id} failed and is in no score. ${error.message}`);
    }
    monitor.progress?.({
      stage: 'evaluating',
      done: cases.length + failed.length,
      total: test.length,
      unit: 'cases',
    });
  }
  const result = evaluationResult(cases, data.classes, config.evaluation, { failed });
  const text = evaluationTable(result);
  await run.writeJson('evaluation', result);
  await run.writeText('evaluationTable', text);
  return { summary: result.summary, text };
}

async function evaluateTestCase(
  run: TaskRun,
  config: FinetuneConfig,
  model: Segmenter,
  id: string,
): Promise<CaseMetrics | undefined> {
  const { data, registries } = run;
  const { label } = caseOf(data.dataset, id);
  if (label === undefined) return undefined;
  const prepared = await data.prepare(id);
  const found = prepared.toNative(await segmentVolume(model, prepared.image, config));
  const file = outputPath(run.path('predictions'), id, '.nii.gz');
  await writeVolume(file, found, { kind: 'labels', ownerOnly: true });
  const truth = await readLabels(label, data.classes.length, undefined, registries.readers);
  for (const note of truth.notes) run.monitor.note?.(`${label}: ${note}`);
  return judgeCase(id, found, truth, {
    classes: data.classes,
    regions: config.regions,
    spacing: spacingOf(truth.affine),
    nsdToleranceMm: config.evaluation.nsdToleranceMm,
    hd95: config.evaluation.hd95,
  });
}

function caseOf({ cases, root }: TaskRun['data']['dataset'], id: string): DatasetCase {
  const entry = cases.find((known) => known.id === id);
  if (entry) return entry;
  throw new VoxmimError(
    'INVALID_DATA',
    `${root} has no case "${id}".`,
    'Use the data set that the run was made with.',
    { path: root, reason: `no case ${id}` },
  );
}
