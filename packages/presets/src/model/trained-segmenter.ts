import { VoxmimError, type Registries } from '@voxmim/core';
import type { Segmenter } from '@voxmim/segmentation';
import { decodeSafetensors, loadWeights, type TensorMap } from '@voxmim/weights';

import { checkedFinetune } from '../config/checked-config.js';
import type { FinetuneConfig } from '../config/finetune-config.js';
import { createRegistries } from '../registries.js';
import { buildSegmenter } from './build-model.js';

/** A trained segmentation model and the config it was trained with. */
export interface TrainedSegmenter {
  /** The caller's to dispose. */
  readonly model: Segmenter;
  readonly config: FinetuneConfig;
  /** Class names, background first. */
  readonly classes: readonly string[];
}

/** A checkpoint of a fine-tuning run as it comes over a network: its two files. */
export interface SegmenterFiles {
  /** `config.json`, parsed. */
  readonly config: unknown;
  /** The bytes of `model.safetensors`. */
  readonly weights: Uint8Array;
}

/**
 * Loads a trained segmentation model from the two files of its checkpoint, in a browser as in Node.js.
 * A backend must be running.
 *
 * @param registries with what the config's plugins brought; what is built in by default
 * @param origin what the files are, for messages
 * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `INVALID_FILE`, `CHECKPOINT_MISMATCH`
 */
export function loadTrainedSegmenter(
  { config, weights }: SegmenterFiles,
  registries: Registries = createRegistries(),
  origin = 'model.safetensors',
): TrainedSegmenter {
  const { tensors } = decodeSafetensors(weights, origin);
  return segmenterOf(checkedFinetune(config, registries, origin), tensors, registries, origin);
}

/**
 * Builds the model of a resolved config and gives it its weights.
 *
 * @throws `INVALID_FILE` when the config names no classes; `CHECKPOINT_MISMATCH`
 */
export function segmenterOf(
  config: FinetuneConfig,
  tensors: TensorMap,
  registries: Registries,
  origin: string,
): TrainedSegmenter {
  const { classes } = config.data;
  if (classes === undefined) throw noClasses(origin);
  const model = buildSegmenter(config, classes.length, registries);
  loadWeights(model, tensors, origin);
  return { model, config, classes };
}

function noClasses(path: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} was saved without the names of its classes.`,
    'Add them to data.classes in its config.json.',
    { path },
  );
}
