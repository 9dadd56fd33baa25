import { isVoxmimError, VoxmimError } from '@voxmim/core';
import { cacheFolder, VolumeCache, type SampleSource } from '@voxmim/datasets/node';
import { stat } from 'node:fs/promises';

import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import { readYaml } from '../config/read-yaml.js';
import { resolveFinetune, resolvePretrain, type ResolveOptions } from '../config/resolve-config.js';
import { openRunData } from '../batches/run-data.js';
import type { RunOptions } from './run-options.js';

/** How many cases wait for each loader thread, so that none is idle. */
const CASES_IN_FLIGHT = 8;

/** What {@link preprocessData} did. */
export interface PreprocessResult {
  /** The folder of the cache. */
  readonly folder: string;
  readonly cases: number;
  /** Prepared now, and there already. */
  readonly prepared: number;
  readonly present: number;
  /** What could not be prepared, and why. */
  readonly failed: readonly { readonly id: string; readonly message: string }[];
  /** Of everything in the cache. */
  readonly cacheBytes: number;
  /** Whether no signal came between. */
  readonly complete: boolean;
}

/**
 * The config that says how to preprocess: of a run, or for a folder the one of a pretraining on it.
 *
 * @param path a YAML file, or the folder of a data set
 * @throws as `resolvePretrain`
 */
export async function readPreprocessConfig(
  path: string,
  options: ResolveOptions,
): Promise<PretrainConfig | FinetuneConfig> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return resolvePretrain({ data: { path }, steps: 1 }, options);
  const input = await readYaml(path);
  const fields = typeof input === 'object' && input !== null ? input : {};
  const isFinetune = 'task' in fields ? fields.task === 'finetune' : 'head' in fields;
  const resolve = isFinetune ? resolveFinetune : resolvePretrain;
  return resolve(input, { origin: path, ...options });
}

/**
 * Prepares the training and validation cases of a run and keeps them in its cache. What is there already is
 * left as it is, so that an interrupted call goes on where it stopped.
 *
 * @throws `INVALID_CONFIG` where the config has no cache; `NOT_FOUND`, `INVALID_DATA` for the data set
 */
export async function preprocessData(
  config: PretrainConfig | FinetuneConfig,
  { monitor, signal, registries }: Pick<RunOptions, 'monitor' | 'signal' | 'registries'> = {},
): Promise<PreprocessResult> {
  const { cache } = config.data;
  if (cache === null) throw noCache();
  const data = await openRunData(config, { monitor, readers: registries?.readers });
  const ids = [...data.split.train, ...data.split.validation];
  const { seed, crop, augmentation } = config;
  const source = data.openSamples({ seed, crop, augmentation, balance: null, ids });
  const total = ids.length;
  const failed: { id: string; message: string }[] = [];
  let [prepared, present] = [0, 0];
  const count = (already: boolean) => (already ? (present += 1) : (prepared += 1));
  const progress = () =>
    monitor?.progress?.({
      stage: 'preprocessing',
      done: prepared + present + failed.length,
      total,
      unit: 'cases',
    });
  const left = ids.values();
  try {
    const lanes = Array.from({ length: CASES_IN_FLIGHT }, async () => {
      for (const id of left) {
        if (signal?.aborted) return;
        const message = await whyNot(source, id, count);
        if (message !== undefined) failed.push({ id, message });
        progress();
      }
    });
    await Promise.all(lanes);
  } finally {
    await source.close();
  }
  return {
    folder: cacheFolder(cache),
    cases: total,
    prepared,
    present,
    failed,
    cacheBytes: await new VolumeCache(cache).size(),
    complete: prepared + present + failed.length === total,
  };
}

/** Has a case cached; what is wrong with it where that fails. */
async function whyNot(
  source: SampleSource,
  id: string,
  count: (already: boolean) => void,
): Promise<string | undefined> {
  try {
    count(await source.ensureCached(id));
    return undefined;
  } catch (error) {
    if (!isVoxmimError(error) || error.code === 'LOADING_FAILED') throw error;
    return error.message;
  }
}

function noCache(): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    'data.cache is null, so there is nowhere to keep prepared volumes.',
    'Leave data.cache out, or give its dir.',
    { path: 'data.cache', received: null },
  );
}
