import type { Exchange, RunMonitor, Registries } from '@voxmim/core';
import type { StartedBackend } from '@voxmim/runtime';

import type { RunFolderOptions } from './run-folder.js';

/** What a training run is given beside its config. */
export interface RunOptions extends RunFolderOptions {
  /** The folder of the run. */
  readonly out: string;
  /** Components to choose from; the built-in ones by default. */
  readonly registries?: Registries;
  readonly monitor?: RunMonitor;
  /** Ends the run after the step in progress, which is saved. */
  readonly signal?: AbortSignal;
  /** The command line that began it, for the record; see {@link recordedCommand}. */
  readonly command?: string;
  /**
   * The other processes that train this model, each called with the same config and options. The first one
   * alone writes, logs and judges. It is closed when the training is over.
   */
  readonly exchange?: Exchange | undefined;
  /** A backend that is already started; by default the config's, or the best there is. */
  readonly backend?: StartedBackend;
}
