import { isUnreadable, spacingOf } from '@voxmim/core';
import { outputPath } from '@voxmim/core/node';
import { readLabels } from '@voxmim/datasets/node';
import { writeVolume } from '@voxmim/formats/node';
import type { CaseMetrics } from '@voxmim/evaluation';
import type { Segmenter } from '@voxmim/segmentation';

import { type FinetuneConfig, segmentVolume } from '@voxmim/presets';
import {
  evaluationResult,
  evaluationTable,
  type EvaluationResult,
  type FailedCase,
} from '../judging/evaluation-result.js';
import { judgeCase } from '../judging/judge-case.js';
import { withoutRoot, type StartedRun } from './start-run.js';

/**
 * Segments the test cases of a run, writes the label maps, and judges them on their native grids.
 * Table and numbers go to the folder of the run. Where `data.onError` is `skip`, a case that cannot be read is
 * listed as failed; the others are judged.
 */
export async function evaluateCases(
  run: StartedRun<FinetuneConfig>,
  model: Segmenter,
): Promise<EvaluationResult> {
  const { config, data, folder, monitor } = run;
  const { test } = data.split;
  const cases: CaseMetrics[] = [];
  const failed: FailedCase[] = [];
  for (const id of test) {
    try {
      const metrics = await evaluateTestCase(run, model, id);
      if (metrics) cases.push(metrics);
    } catch (error) {
      if (config.data.onError === 'stop' || !isUnreadable(error)) throw error;
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
  await folder.writeJson('evaluation', result);
  await folder.writeText('evaluationTable', evaluationTable(result));
  return result;
}

async function evaluateTestCase(
  { config, data, folder, monitor }: StartedRun<FinetuneConfig>,
  model: Segmenter,
  id: string,
): Promise<CaseMetrics | undefined> {
  const { label } = data.store.entry(id);
  if (label === undefined) return undefined;
  const prepared = await data.store.prepare(id);
  const found = prepared.toNative(await segmentVolume(model, prepared.image, config));
  const path = outputPath(folder.path('predictions'), id, '.nii.gz');
  await writeVolume(path, found, { kind: 'labels', ownerOnly: true });
  const truth = await readLabels(label, data.classes.length, undefined, data.store.options.readers);
  for (const note of truth.notes) monitor.note?.(`${label}: ${note}`);
  return judgeCase(id, found, truth, {
    classes: data.classes,
    regions: config.regions,
    spacing: spacingOf(truth.affine),
    nsdToleranceMm: config.evaluation.nsdToleranceMm,
    hd95: config.evaluation.hd95,
  });
}
