import type { Registries } from '@voxmim/core';
import { buildPretrainModel, MODEL_FACTS_VERSION, type RunFields } from '@voxmim/presets';
import { loadCheckpointWeights } from '@voxmim/training/node';
import { loadWeights } from '@voxmim/weights';
import * as tf from '@tensorflow/tfjs-core';

import { resolvePretrain } from '../config/resolve-config.js';
import { loadTask } from '../tasks/load-task.js';
import { exampleVolumes } from './example-volumes.js';
import { reconstructionOf } from './exported-reconstruction.js';
import { checkpointsOf } from './pretrained-source.js';

/** What of a model is exported: the outputs that its task names, or what it makes of what a mask hides. */
export type ExportedPart = 'outputs' | 'reconstruction';

/** A trained model as a function of tensors, to be exported. */
export interface ExportedModel extends TracedModel {
  readonly checkpoint: string;
  readonly fields: RunFields;
  /** What a program must know to use it: `ModelFacts`, or as a plugin's task has them. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly dispose: () => void;
}

/** A function, and what it is traced and checked with. */
export interface TracedModel {
  /** Of the examples' inputs, in their order. */
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor[];
  readonly inputNames: readonly string[];
  readonly outputs: readonly string[];
  readonly examples: readonly tf.Tensor[];
  /** Where extents are open: examples with one more entry in the first of them. */
  readonly others?: readonly tf.Tensor[];
  /** What is computed by both, and compared; the examples without it. */
  readonly checks?: readonly tf.Tensor[];
}

/**
 * Loads the model of a run for an export.
 *
 * @throws `UNSUPPORTED_CAPABILITY` for a part that the run's model does not have; what loading throws
 */
export async function loadExported(
  run: string,
  registries: Registries,
  part: ExportedPart,
): Promise<ExportedModel> {
  if (part === 'reconstruction') return loadReconstruction(run, registries);
  const { task, fields, path } = await loadTask(run, registries);
  const { names, of, facts } = task.outputs();
  return {
    ...{ checkpoint: path, fields, outputs: names, inputNames: ['volumes'] },
    facts: { ...commonFacts(fields), task: fields.task, ...facts },
    examples: [exampleVolumes(fields)],
    fn: (volumes: tf.Tensor) => tf.tidy(() => of(windows(volumes))),
    dispose: () => {
      task.dispose();
    },
  };
}

async function loadReconstruction(run: string, registries: Registries): Promise<ExportedModel> {
  const { path, tensors, config: saved } = await loadCheckpointWeights(await checkpointsOf(run));
  const config = await resolvePretrain(saved, { registries, origin: path });
  const model = buildPretrainModel(config, registries);
  loadWeights(model.objective, tensors, path);
  const { mask, ...traced } = reconstructionOf(model, config, path);
  return {
    ...{ ...traced, checkpoint: path, fields: config },
    facts: { ...commonFacts(config), task: 'reconstruct', ...mask },
    dispose: () => model.dispose(),
  };
}

function commonFacts({ crop, inChannels, data }: RunFields) {
  const { preprocessing, dicom } = data;
  return { version: MODEL_FACTS_VERSION, crop, inChannels, preprocessing, dicom } as const;
}

function windows(volumes: tf.Tensor): tf.Tensor5D {
  const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = volumes.shape;
  return tf.reshape(volumes, [batch, depth, height, width, channels]);
}
