import {
  tile,
  type Encoder,
  type InitialWeights,
  type NamedConfig,
  type ParameterOwner,
  type Shape3,
} from '@voxmim/core';
import {
  recognizeWeights,
  transferWeights,
  type AdaptationGeometry,
  type TransferReport,
} from '@voxmim/weights';
import { loadCheckpointWeights } from '@voxmim/training/node';
import * as z from 'zod';

import { Split } from '@voxmim/presets';
import { readYaml } from '../config/read-yaml.js';
import { holdsRun, runEntry } from './run-folder.js';

/** A shape as it stands in a config file. */
const Extents = z.tuple([z.number(), z.number(), z.number()]);

/** The fields of a source's config that adapting weights needs. */
const SourceConfig = z.object({
  crop: Extents,
  inChannels: z.number(),
  encoder: z.object({ patchSize: Extents, windowSize: Extents.optional() }),
});

/** What weights are transferred into. */
export interface TransferTarget {
  readonly model: ParameterOwner;
  /** The encoder inside it, under `encoder.`. */
  readonly encoder: Encoder;
  /** The part of a config that made the encoder. */
  readonly config: NamedConfig;
}

/**
 * Fills the encoder of `model`, or all of it, from a run or a file of weights, ours or those that
 * `recognizeWeights` knows, adapting positions, relative biases and channels where crop, windows or
 * modalities differ.
 *
 * @throws `NOT_FOUND`; `CHECKPOINT_MISMATCH` when less than `minCoverage` of the encoder is found
 */
export async function transferFrom(
  { checkpoint, minCoverage, part }: InitialWeights,
  { model, encoder, config: encoderConfig }: TransferTarget,
): Promise<TransferReport> {
  const { path, tensors, config } = await loadCheckpointWeights(await checkpointsOf(checkpoint));
  const windowSize = Extents.safeParse(encoderConfig['windowSize']).data;
  const target = { ...encoder.geometry, windowSize };
  const foreign = config === null ? recognizeWeights(tensors, target) : undefined;
  const source = foreign ? foreign.geometry : geometryOf(config);
  return transferWeights(foreign?.tensors ?? tensors, model, {
    path: foreign ? `${path} (${foreign.origin})` : path,
    minCoverage,
    ...(part === 'all' && { scope: () => true }),
    ...(source && { geometry: { source, target } }),
  });
}

/** Where the checkpoints of `path` are: a run's folder of them, or `path` itself. */
export async function checkpointsOf(path: string): Promise<string> {
  return (await holdsRun(path)) ? runEntry(path, 'checkpoints') : path;
}

/**
 * Test cases that the pretraining run behind `from` trained on. Their labels were not seen, but they
 * are no longer unseen volumes, which a reader of the results must know.
 */
export async function seenInPretraining(
  { checkpoint }: InitialWeights,
  test: readonly string[],
): Promise<string[]> {
  if (!(await holdsRun(checkpoint))) return [];
  const split = Split.safeParse(await readYaml(runEntry(checkpoint, 'split')));
  const seen = new Set(split.data?.train ?? []);
  return test.filter((id) => seen.has(id));
}

function geometryOf(config: unknown): AdaptationGeometry | undefined {
  const source = SourceConfig.safeParse(config);
  if (!source.success) return undefined;
  const { crop, inChannels, encoder } = source.data;
  const { patchSize, windowSize } = encoder;
  return { gridShape: tile(crop satisfies Shape3, patchSize), inChannels, windowSize };
}
