import { spacingOf, type Exchange, type TaskData } from '@voxmim/core';
import { caseMeans } from '@voxmim/evaluation';
import type { Segmenter } from '@voxmim/segmentation';

import { judgeCase } from '../judging/judge-case.js';
import { segmentVolume, type InferenceFields } from '@voxmim/presets';
import * as z from 'zod';

import { divided } from './processes.js';

/**
 * The mean Dice that steers a run: over classes but background, or over regions, then over cases; a class that neither
 * truth nor prediction has is left out. Measured on the prepared grid, where it is quick; results are judged on
 * native grids instead. Processes divide the cases.
 */
export async function validationDice(
  config: InferenceFields,
  model: Segmenter,
  data: TaskData,
  ids: readonly string[],
  exchange?: Exchange,
): Promise<number> {
  const { classes } = data;
  const judge = async (id: string): Promise<number[]> => {
    const { image, labels } = await data.volumes(id);
    if (!labels) return [];
    const found = await segmentVolume(model, image, config);
    const spacing = spacingOf(image.affine);
    const { regions } = config;
    const options = { classes, regions, spacing, withSurfaces: false };
    return caseMeans([judgeCase(id, found, labels, options)], 'dice').filter(Number.isFinite);
  };
  const scores = (await divided(exchange, ids, judge, z.array(z.number()))).flat();
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
}
