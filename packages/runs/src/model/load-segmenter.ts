import { VoxmimError, type Registries } from '@voxmim/core';
import { segmenterOf, type TrainedSegmenter } from '@voxmim/presets';
import { loadCheckpointWeights } from '@voxmim/training/node';
import * as z from 'zod';

import { resolveFinetune } from '../config/resolve-config.js';
import { checkpointsOf } from '../run/pretrained-source.js';

/** A trained segmentation model and where it is from. */
export interface LoadedSegmenter extends TrainedSegmenter {
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
  const source = await checkpointsOf(path);
  const { path: origin, tensors, config: saved } = await loadCheckpointWeights(source, 'best');
  checkKind(saved, origin);
  const config = await resolveFinetune(saved, { registries, origin });
  return { ...segmenterOf(config, tensors, registries, origin), path: origin };
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
