import { VoxmimError } from '@voxmim/core';
import { loadWeights } from '@voxmim/weights';
import { loadCheckpointWeights } from '@voxmim/training/node';
import type { Segmenter } from '@voxmim/segmentation';
import { z } from 'zod';

import { type FinetuneConfig, type Registries, buildSegmenter } from '@voxmim/presets';
import { resolveFinetune } from '../config/resolve-config.js';
import { checkpointsOf } from '../run/pretrained-source.js';

/** A trained segmentation model and the config it was trained with. */
export interface LoadedSegmenter {
  /** The caller's to dispose. */
  readonly model: Segmenter;
  readonly config: FinetuneConfig;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The checkpoint the weights are from. */
  readonly path: string;
}

/**
 * Loads the model of a fine-tuning run: its best checkpoint, or the one that `path` names. A backend
 * must be running.
 *
 * @throws `NOT_FOUND`, `INVALID_CONFIG` for a checkpoint of another kind of run,
 *   `CHECKPOINT_MISMATCH`
 */
export async function loadSegmenter(
  path: string,
  registries: Registries,
): Promise<LoadedSegmenter> {
  const source = await checkpointsOf(path, 'best');
  const { path: origin, tensors, config: saved } = await loadCheckpointWeights(source);
  checkKind(saved, origin);
  const config = await resolveFinetune(saved, { registries, origin });
  const { classes } = config.data;
  if (classes === undefined) throw noClasses(origin);
  const model = buildSegmenter(config, classes.length, registries);
  loadWeights(model, tensors, origin);
  return { model, config, classes, path: origin };
}

const Pretraining = z.looseObject({ task: z.literal('pretrain') });

/** A checkpoint of a pretraining has no head: said at once, not field by field. */
function checkKind(saved: unknown, path: string): void {
  if (!Pretraining.safeParse(saved).success) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${path} is of a pretraining, which labels nothing yet.`,
    'Fine-tune it first: voxmim finetune CONFIG --set from.checkpoint=RUN.',
    { path: 'task', received: 'pretrain' },
  );
}

function noClasses(path: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} was saved without the names of its classes.`,
    'Add them to data.classes in its config.json.',
    { path },
  );
}
