import {
  createRandom,
  isVoxmimError,
  type Encoder,
  type NamedConfig,
  type Objective,
  type Random,
  type Shape3,
  type Registries,
  VoxmimError,
  withWeightBudget,
} from '@voxmim/core';
import type { RegionsConfig } from '@voxmim/volumes';
import { Segmenter } from '@voxmim/segmentation';

/** The fields of a run config that shape an encoder. */
export interface EncoderFields {
  readonly seed: number;
  readonly crop: Shape3;
  readonly inChannels: number;
  readonly encoder: NamedConfig;
}

/** Where the initial weights of each part come from. */
export type Streams = (part: string) => Random;

/** An encoder and what pretrains it. */
export interface PretrainModel {
  readonly encoder: Encoder;
  readonly objective: Objective;
  /** Frees both. */
  dispose(): void;
}

/** Builds the model of a pretraining config; initial weights depend on its seed alone. */
export function buildPretrainModel(
  config: EncoderFields & { readonly objective: NamedConfig },
  registries: Registries,
  streams: Streams = seeded(config.seed),
): PretrainModel {
  const encoder = buildEncoder(config, registries, streams);
  const random = streams('objective');
  const objective = atField('objective', config.objective, () =>
    registries.objectives.create(config.objective, { encoder, random }),
  );
  const dispose = () => {
    objective.dispose();
    encoder.dispose();
  };
  return { encoder, objective, dispose };
}

/**
 * Builds the model of a fine-tuning config. The head's initial weights do not depend on where the
 * encoder's come from, so that runs from scratch and from a checkpoint differ in nothing else.
 *
 * @param numClasses classes of the label maps; regions have a channel each instead
 */
export function buildSegmenter(
  config: EncoderFields & { readonly head: NamedConfig; readonly regions: RegionsConfig | null },
  numClasses: number,
  registries: Registries,
  streams: Streams = seeded(config.seed),
): Segmenter {
  const encoder = buildEncoder(config, registries, streams);
  const fields = {
    levels: encoder.levels,
    inputShape: config.crop,
    inChannels: config.inChannels,
    numClasses: config.regions?.length ?? numClasses,
    random: streams('head'),
  };
  const head = atField('head', config.head, () => registries.heads.create(config.head, fields));
  return new Segmenter(encoder, head);
}

function seeded(seed: number): Streams {
  return (part) => createRandom(seed, part);
}

/** Builds the encoder of a config alone. */
export function buildEncoder(
  config: EncoderFields,
  registries: Registries,
  streams: Streams = seeded(config.seed),
): Encoder {
  const { crop: inputShape, inChannels } = config;
  const random = streams('encoder');
  return atField('encoder', config.encoder, () =>
    registries.encoders.create(config.encoder, { inputShape, inChannels, random }),
  );
}

/** The most numbers that the weights of one part have: 4 GiB of them, where a machine has no less. */
const MOST_NUMBERS = 2 ** 30;

/** Says which field asked for weights that are too large: layers know their shapes only. */
function atField<T>(path: string, received: NamedConfig, create: () => T): T {
  try {
    return withWeightBudget(MOST_NUMBERS, create);
  } catch (error) {
    if (!isVoxmimError(error, 'INVALID_CONFIG') || error.details.path !== 'weight') throw error;
    const { problem, remedy } = error;
    const details = { path, received };
    throw new VoxmimError('INVALID_CONFIG', `${path}: ${problem}`, remedy, details, {
      cause: error,
    });
  }
}
