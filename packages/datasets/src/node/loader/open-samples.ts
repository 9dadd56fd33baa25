import type { SampleSource } from '@voxmim/core';
import { availableParallelism } from 'node:os';

import type { CaseStore } from '../cases/case-store.js';
import { SampleDrawer } from './sample-drawer.js';
import { SamplePool } from './sample-pool.js';
import type { SampleOptions } from './sample-options.js';

/** More threads than this load faster than anything trains. */
const MOST_WORKERS = 4;

/** One core computes; others load. */
export function defaultWorkers(): number {
  return Math.min(availableParallelism() - 1, MOST_WORKERS);
}

/**
 * Opens a source of samples. Which samples there are does not depend on the number of workers.
 *
 * @param workers threads, each with a store of its own like the given one; 0: that one is used, here, as where
 *   a reader cannot be had in threads
 */
export function openSamples(
  store: CaseStore,
  options: SampleOptions,
  workers: number,
): SampleSource {
  if (workers > 0 && SamplePool.available && SamplePool.suits(store))
    return new SamplePool(store, options, workers);
  return new SampleDrawer(store, options, store.options.onNote);
}
