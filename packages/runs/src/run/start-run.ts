import type { RunMonitor } from '@voxmim/core';
import { startBackend, type StartedBackend } from '@voxmim/runtime';

import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import { openRunData, type RunData } from '../batches/run-data.js';
import { rememberPlugins } from '../plugins/run-plugins.js';
import { runEntry, RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { recordEnvironment, RunRecorder } from './run-record.js';

/** A run that is ready for its first step. */
export interface StartedRun<Config, Model = unknown> {
  /** The config with what the data set adds: the names of the classes. */
  readonly config: Config;
  /** The caller's to dispose. */
  readonly model: Model;
  readonly folder: RunFolder;
  readonly data: RunData;
  readonly backend: StartedBackend;
  readonly recorder: RunRecorder;
  /** Writes notes to the record too. */
  readonly monitor: RunMonitor;
}

/**
 * Opens everything a training run needs, in an order that leaves nothing behind where something is
 * wrong: the folder is checked first and written last, when the model is known to fit together.
 *
 * @param build called when a backend runs; what it throws leaves no folder behind
 */
export async function startRun<
  Config extends PretrainConfig | FinetuneConfig,
  Model extends { dispose(): void },
>(
  input: Config,
  options: RunOptions,
  build: (config: Config, data: RunData) => Model,
): Promise<StartedRun<Config, Model>> {
  const { out } = options;
  const notes: string[] = [];
  const monitor: RunMonitor = {
    ...options.monitor,
    note: (text) => {
      notes.push(text);
      options.monitor?.note?.(text);
    },
  };
  const resumed = await RunFolder.check(out, options);
  const data = await openRunData(input, {
    monitor,
    ...(resumed && { splitFile: runEntry(out, 'split') }),
    readers: options.registries?.readers,
  });
  const { classes } = data;
  const config = { ...input, data: { ...input.data, ...(classes.length > 0 && { classes }) } };
  const backend = await backendOf(config, options);
  const model = build(config, data);
  try {
    const folder = await RunFolder.open(out, config, options);
    await folder.writeJson('split', data.split);
    if (options.registries) await rememberPlugins(out, options.registries.plugins);
    const { task, seed } = config;
    const startedAt = new Date().toISOString();
    const record = { task, seed, startedAt, ...recordEnvironment(backend) };
    const recorder = await RunRecorder.start(folder, record, notes);
    return { config, model, folder, data, backend, recorder, monitor };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The fields of a run that say what computes; null leaves the choice open. */
interface BackendFields {
  readonly backend?: string | null;
  readonly device?: string | null;
  readonly precision?: string | null;
  readonly threads?: number | null;
}

/** The backend that options bring, or the config asks for, or the best there is. */
export async function backendOf(
  config: BackendFields,
  { backend, monitor }: Pick<RunOptions, 'backend' | 'monitor'>,
): Promise<StartedBackend> {
  if (backend) return backend;
  const started = await startBackend({
    prefer: config.backend ?? undefined,
    device: config.device ?? undefined,
    precision: config.precision ?? undefined,
    threads: config.threads ?? undefined,
  });
  monitor?.note?.(`Backend ${started.name} ${started.version} on ${started.device}.`);
  return started;
}
