import { VoxmimError, type Exchange, type RunMonitor } from '@voxmim/core';
import { startBackend, type StartedBackend } from '@voxmim/runtime';

import {
  type FinetuneConfig,
  type PretrainConfig,
  type TrainingData,
  createRegistries,
} from '@voxmim/presets';
import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { openRunData, type RunData } from '../batches/run-data.js';
import { rememberPlugins } from '../plugins/run-plugins.js';
import { asFirst, checkAgreement, dividedConfig, leads } from './processes.js';
import { fingerprintOf, type DataFingerprint } from './data-fingerprint.js';
import { pathExists, readConfig, runEntry, RunFolder, savedCheckpoint } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { readRecord, recordEnvironment, type RunFacts, RunRecorder } from './run-record.js';
import { checkSameConfig } from './same-config.js';
import { trainingDataOf } from './training-data.js';

/** A run that is ready for its first step. */
export interface StartedRun<Config, Model = unknown> {
  /** The config with what the data set adds: the names of the classes. */
  readonly config: Config;
  /** The caller's to dispose. */
  readonly model: Model;
  /** The caller's to close. */
  readonly folder: RunFolder;
  readonly data: RunData;
  readonly backend: StartedBackend;
  readonly recorder: RunRecorder;
  /** The other processes that train this model. */
  readonly exchange: Exchange | undefined;
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
  given: Config,
  options: RunOptions,
  build: (config: Config, data: RunData) => Model,
): Promise<StartedRun<Config, Model>> {
  const { out, exchange } = options;
  const { monitor, notes, setRoot } = recordingMonitor(
    leads(exchange) ? options.monitor : undefined,
  );
  const input = dividedConfig(given, exchange, monitor);
  const resumed = await asFirst(exchange, () => RunFolder.check(out, options));
  const saved = resumed ? await readConfig(out) : undefined;
  const splitFile = saved && (await savedSplit(out, monitor));
  const data = await openRunData(input, {
    monitor,
    ...(splitFile !== undefined && { splitFile }),
    readers: options.registries?.readers,
  });
  setRoot(data.dataset.root);
  const { classes } = data;
  const named = { ...input, data: { ...input.data, ...(classes.length > 0 && { classes }) } };
  const before = saved && (await checkResumable(named, saved, options));
  const config = before ? withSeen(named, before.data.seen) : await seeing(named, data);
  const fingerprint = await fingerprintOf(casesOf(config, data));
  if (saved) await checkSameData(out, fingerprint, { config, saved, monitor });
  await checkAgreement(exchange, { config, data: fingerprint.sha256, split: data.split });
  const backend = await backendOf(config, { ...options, monitor });
  const model = build(config, data);
  try {
    const folder = leads(exchange)
      ? await RunFolder.open(out, options)
      : RunFolder.follow(out, resumed);
    try {
      const facts = await factsOf(config, backend, fingerprint, options);
      const recorder = new RunRecorder(folder, facts, notes);
      await remembered(options);
      await folder.begin({ config, split: data.split }, () => recorder.start());
      return { config, model, folder, data, backend, recorder, monitor, exchange };
    } catch (error) {
      await folder.close();
      throw error;
    }
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Consent is for this user and machine; one process keeps it. */
async function remembered({ out, registries, exchange }: RunOptions): Promise<void> {
  if (registries && leads(exchange)) await rememberPlugins(out, registries.plugins);
}

async function factsOf(
  { task, seed }: PretrainConfig | FinetuneConfig,
  backend: StartedBackend,
  data: DataFingerprint,
  { command }: RunOptions,
): Promise<RunFacts> {
  const startedAt = new Date().toISOString();
  const environment = await recordEnvironment(backend);
  return { task, seed, startedAt, ...environment, ...(command !== undefined && { command }), data };
}

/** A monitor that keeps the notes, with paths as they are in the data set: a shared record names no user. */
function recordingMonitor(monitor: RunMonitor | undefined) {
  const notes: string[] = [];
  let root: string | undefined;
  const recording: RunMonitor = {
    ...monitor,
    note: (text) => {
      notes.push(root === undefined ? text : withoutRoot(text, root));
      monitor?.note?.(text);
    },
  };
  const setRoot = (path: string) => {
    root = path;
    notes.forEach((text, index) => (notes[index] = withoutRoot(text, path)));
  };
  return { monitor: recording, notes, setRoot };
}

/** A text with the paths of a data set relative to it. */
export function withoutRoot(text: string, root: string): string {
  const folder = root.replace(/[/\\]+$/, '');
  return folder === '' ? text : text.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '');
}

/** The split to go on with. */
async function savedSplit(out: string, { note }: RunMonitor): Promise<string | undefined> {
  const path = runEntry(out, 'split');
  if (await pathExists(path)) return path;
  note?.(`${path} is gone: the cases are divided anew, as the config says.`);
  return undefined;
}

/** @returns the config that the run was begun with */
async function checkResumable(
  wanted: PretrainConfig | FinetuneConfig,
  saved: Readonly<Record<string, unknown>>,
  { out, registries = createRegistries() }: RunOptions,
): Promise<PretrainConfig | FinetuneConfig> {
  const resolve = wanted.task === 'pretrain' ? resolvePretrain : resolveFinetune;
  // An earlier release saved fewer fields; what it did then is the default now.
  const origin = runEntry(out, 'config');
  // Its plugins are those of the config to go on with, which has loaded them.
  const before = await resolve({ ...saved, plugins: [] }, { registries, origin });
  // Whose weights it began with no longer matters once they are in its own checkpoints.
  const free = (await savedCheckpoint(out)) === undefined ? [] : ['from.checkpoint'];
  checkSameConfig({ root: out, saved: before, wanted, free });
  return before;
}

/** A config that tells what the volumes are like that a model is about to learn from. */
async function seeing<Config extends PretrainConfig | FinetuneConfig>(
  config: Config,
  data: RunData,
): Promise<Config> {
  return withSeen(config, await trainingDataOf(data));
}

function withSeen<Config extends PretrainConfig | FinetuneConfig>(
  config: Config,
  seen: TrainingData | undefined,
): Config {
  const { seen: _, ...data } = config.data;
  return { ...config, data: seen ? { ...data, seen } : data };
}

/** The cases that a run sees. Label maps do not enter pretraining. */
function casesOf({ task }: PretrainConfig | FinetuneConfig, { split, store }: RunData) {
  const ids = [...new Set([...split.train, ...split.validation, ...split.test])];
  return ids.map((id) => {
    const { label, ...unlabeled } = store.entry(id);
    return task === 'pretrain' || label === undefined ? unlabeled : { ...unlabeled, label };
  });
}

/** Data that lie elsewhere now are known by their content. @throws `INVALID_DATA` for others */
async function checkSameData(
  out: string,
  found: DataFingerprint,
  {
    config,
    saved,
    monitor,
  }: {
    readonly config: PretrainConfig | FinetuneConfig;
    readonly saved: Readonly<Record<string, unknown>>;
    readonly monitor: RunMonitor;
  },
): Promise<void> {
  const before = (await readRecord(out))?.data;
  if (before?.sha256 === found.sha256) return;
  const { path } = config.data;
  const moved = pathIn(saved) !== path;
  if (before === undefined) {
    if (moved)
      monitor.note?.(
        `The run kept no fingerprint of its data: that ${path} holds the same cannot be checked.`,
      );
    return;
  }
  if (!moved) {
    monitor.note?.(`Files in ${path} changed since the run was begun.`);
    return;
  }
  throw new VoxmimError(
    'INVALID_DATA',
    `${path} does not hold the data of the run in ${out}: ${described(found)}, where it was begun with ${described(before)}.`,
    'Give the folder that the data were moved to by --data.',
    { path, reason: 'other data' },
  );
}

function described({ cases, bytes, sha256 }: DataFingerprint): string {
  return `${cases} cases of ${bytes} bytes (${sha256.slice(0, 8)})`;
}

function pathIn({ data }: Readonly<Record<string, unknown>>): unknown {
  return typeof data === 'object' && data !== null && 'path' in data ? data.path : undefined;
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
