import { spacingOf } from '@voxmim/core';
import { caseMeans, type CaseMetrics } from '@voxmim/evaluation';
import type { Segmenter } from '@voxmim/segmentation';

import type { RunData } from '../batches/run-data.js';
import { judgeCase } from '../judging/judge-case.js';
import { segmentVolume, type InferenceFields } from '@voxmim/presets';

/**
 * The mean Dice that steers a run: over classes but background, or over regions, then over cases; a class that neither
 * truth nor prediction has is left out. Measured on the prepared grid, where it is quick; results are judged on
 * native grids instead.
 */
export async function validationDice(
  config: InferenceFields,
  model: Segmenter,
  { store, classes }: RunData,
  ids: readonly string[],
): Promise<number> {
  const cases: CaseMetrics[] = [];
  for (const id of ids) {
    const { image, labels } = await store.volumes(id);
    if (!labels) continue;
    const found = await segmentVolume(model, image, config);
    const spacing = spacingOf(image.affine);
    const { regions } = config;
    cases.push(judgeCase(id, found, labels, { classes, regions, spacing, withSurfaces: false }));
  }
  const scores = caseMeans(cases, 'dice').filter(Number.isFinite);
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
}
