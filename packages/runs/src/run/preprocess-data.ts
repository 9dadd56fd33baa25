import { isVoxmimError, VoxmimError, type ConfiguredTask } from '@voxmim/core';
import { cacheFolder, VolumeCache, type SampleSource } from '@voxmim/datasets/node';
import { stat } from 'node:fs/promises';

import { RunFields } from '@voxmim/presets';
import { noAugmentation } from '@voxmim/volumes';
import { readYaml } from '../config/read-yaml.js';
import { resolveTask, type ResolveOptions } from '../tasks/resolve-task.js';
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
 * @throws as `resolveTask`
 */
export async function readPreprocessConfig(
  path: string,
  options: ResolveOptions,
): Promise<ConfiguredTask> {
  const found = await stat(path).catch(() => undefined);
  const task = 'pretrain';
  if (found?.isDirectory()) {
    return resolveTask({ data: { path }, steps: 1 }, { ...options, task });
  }
  const input = await readYaml(path);
  // What has a head and no task is of a fine-tuning, as commands that know the task take it.
  const hasHead = typeof input === 'object' && input !== null && 'head' in input;
  const named = typeof input === 'object' && input !== null && 'task' in input;
  return resolveTask(input, {
    origin: path,
    ...options,
    ...(!named && { task: hasHead ? 'finetune' : task }),
  });
}

/**
 * Prepares the training and validation cases of a run and keeps them in its cache. What is there already is
 * left as it is, so that an interrupted call goes on where it stopped.
 *
 * @throws `INVALID_CONFIG` where the config has no cache; `NOT_FOUND`, `INVALID_DATA` for the data set
 */
export async function preprocessData(
  configured: ConfiguredTask,
  { monitor, signal, registries }: Pick<RunOptions, 'monitor' | 'signal' | 'registries'> = {},
): Promise<PreprocessResult> {
  const fields = RunFields.parse(configured.fields);
  const { cache } = fields.data;
  if (cache === null) throw noCache();
  const data = await openRunData(fields, {
    ...{ monitor, readers: registries?.readers },
    read: (source) => configured.read(source),
  });
  const ids = [...data.split.train, ...data.split.validation];
  const source = data.openSamples({ ids, augmentation: noAugmentation });
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
