import {
  createRandom,
  VoxmimError,
  type ConfiguredTask,
  type Registries,
  type RunMonitor,
  type Task,
  type TaskContext,
  type TaskRun,
  withWeightBudget,
} from '@voxmim/core';
import { buildEncoder, RunFields } from '@voxmim/presets';
import { startBackend, type StartedBackend } from '@voxmim/runtime';

import { usableMemory } from '../model/memory-fit.js';
import { openRunData, type RunData } from '../batches/run-data.js';
import { rememberPlugins } from '../plugins/run-plugins.js';
import { asFirst, checkAgreement, dividedTask, leads } from './processes.js';
import { configureTask } from '../tasks/resolve-task.js';
import { fingerprintOf, type DataFingerprint } from './data-fingerprint.js';
import { fit } from './fit.js';
import { pathExists, readConfig, runEntry, RunFolder, savedCheckpoint } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { readRecord, recordEnvironment, type RunFacts, RunRecorder } from './run-record.js';
import { checkSameConfig } from './same-config.js';
import { trainingDataOf } from './training-data.js';
import { withoutRoot } from './without-root.js';

/** What training keeps of each weight: itself, its gradient and the two moments of AdamW. */
const TRAINED_BYTES = 16;

/** A run that is ready for its first step. */
export interface StartedRun extends TaskRun {
  /** The config with what the data set adds. */
  readonly configured: ConfiguredTask;
  readonly fields: RunFields;
  /** The caller's to dispose. */
  readonly task: Task;
  /** The caller's to close. */
  readonly folder: RunFolder;
  readonly data: RunData;
  readonly backend: StartedBackend;
  readonly recorder: RunRecorder;
}

/** What {@link startRun} is given: as a run, with the registries that its task is from. */
export type StartOptions = RunOptions & { readonly registries: Registries };

/**
 * Opens everything a training run needs, in an order that leaves nothing behind where something is
 * wrong: the folder is checked first and written last, when the model is known to fit together.
 */
export async function startRun(given: ConfiguredTask, options: StartOptions): Promise<StartedRun> {
  const { out, registries, exchange } = options;
  const { monitor, notes, setRoot } = recordingMonitor(
    leads(exchange) ? options.monitor : undefined,
  );
  const begun = await dividedTask(given, { exchange, monitor, registries });
  const resumed = await asFirst(exchange, () => RunFolder.check(out, options));
  const saved = resumed ? await readConfig(out) : undefined;
  const splitFile = saved && (await savedSplit(out, monitor));
  const opened = await openRunData(RunFields.parse(begun.fields), {
    ...{ monitor, readers: registries.readers },
    ...(splitFile !== undefined && { splitFile }),
    read: (source) => begun.read(source),
  });
  setRoot(opened.dataset.root);
  const { configured: named, data } = await settled(begun, opened, monitor);
  const before = saved && (await checkResumable(named, saved, options));
  const configured = await seeing(named, data, { before, registries });
  const fields = RunFields.parse(configured.fields);
  const fingerprint = await fingerprintOf(casesOf(data));
  if (saved) await checkSameData(out, fingerprint, { path: fields.data.path, saved, monitor });
  const agreed = { config: configured.fields, data: fingerprint.sha256, split: data.split };
  await checkAgreement(exchange, agreed);
  const backend = await backendOf(fields, { ...options, monitor });
  const task = createTask(configured, registries);
  try {
    const folder = leads(exchange)
      ? await RunFolder.open(out, options)
      : RunFolder.follow(out, resumed);
    try {
      const facts = await factsOf(fields, backend, fingerprint, options);
      const recorder = new RunRecorder(folder, facts, notes);
      await remembered(options);
      const beginning = { config: configured.fields, split: data.split };
      await folder.begin(beginning, () => recorder.start());
      const parts = { configured, fields, task, folder, data, backend, recorder };
      return startedRun(parts, monitor, options);
    } catch (error) {
      await folder.close();
      throw error;
    }
  } catch (error) {
    task.dispose();
    throw error;
  }
}

/** Consent is for this user and machine; one process keeps it. */
async function remembered({ out, registries, exchange }: StartOptions): Promise<void> {
  if (leads(exchange)) await rememberPlugins(out, registries.plugins);
}

async function factsOf(
  { task, seed }: RunFields,
  backend: StartedBackend,
  data: DataFingerprint,
  { command }: RunOptions,
): Promise<RunFacts> {
  const startedAt = new Date().toISOString();
  const environment = await recordEnvironment(backend);
  return { task, seed, startedAt, ...environment, ...(command !== undefined && { command }), data };
}

/** What the data set adds to a task: to its config, and to the split the cases whose labels it uses. */
export async function settled(
  begun: ConfiguredTask,
  opened: RunData,
  monitor: RunMonitor,
): Promise<{ configured: ConfiguredTask; data: RunData }> {
  const { task: configured, labeled } = await begun.settle(opened, monitor);
  const data = labeled ? { ...opened, split: { ...opened.split, labeled } } : opened;
  return { configured, data };
}

/** Builds a task; its initial weights depend on its seed alone, unless others are given. */
export function createTask(
  configured: ConfiguredTask,
  registries: Registries,
  random: TaskContext['random'] = (part) => createRandom(configured.config.seed, part),
): Task {
  const createEncoder = () => buildEncoder(configured.config, registries, random);
  return withWeightBudget(usableMemory() / TRAINED_BYTES, () =>
    configured.create({ registries, random, createEncoder }),
  );
}

function startedRun(
  parts: Omit<StartedRun, keyof TaskRun | 'data'> & Pick<StartedRun, 'data'>,
  monitor: RunMonitor,
  { registries, signal, exchange }: StartOptions,
): StartedRun {
  const { fields, folder, task, configured } = parts;
  const { model, encoder } = task;
  const shared = { folder, registries, monitor, exchange };
  const target = { ...shared, fields, config: configured.fields, model, encoder, signal };
  return {
    ...parts,
    ...{ monitor, registries, exchange, skipsUnreadable: fields.data.onError === 'skip' },
    path: (file) => folder.path(file),
    writeJson: (file, value) => folder.writeJson(file, value),
    writeText: (file, text) => folder.writeText(file, text),
    fit: (fitting) => fit(target, fitting),
  };
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

/** The split to go on with. */
async function savedSplit(out: string, { note }: RunMonitor): Promise<string | undefined> {
  const path = runEntry(out, 'split');
  if (await pathExists(path)) return path;
  note?.(`${path} is gone: the cases are divided anew, as the config says.`);
  return undefined;
}

/** @returns the config that the run was begun with */
async function checkResumable(
  wanted: ConfiguredTask,
  saved: Readonly<Record<string, unknown>>,
  { out, registries }: StartOptions,
): Promise<RunFields> {
  // An earlier release saved fewer fields; what it did then is the default now.
  const origin = runEntry(out, 'config');
  // Its plugins are those of the config to go on with, which has loaded them.
  const raw = { ...saved, plugins: [] };
  const before = await configureTask(wanted.definition, raw, { registries, origin });
  // Whose weights it began with no longer matters once they are in its own checkpoints.
  const free = (await savedCheckpoint(out)) === undefined ? [] : ['from.checkpoint'];
  checkSameConfig({ root: out, saved: before.fields, wanted: wanted.fields, free });
  return RunFields.parse(before.fields);
}

/**
 * A task whose config tells what the volumes are like that a model with labels is about to learn from; of a run that
 * goes on, those that it began with.
 */
async function seeing(
  named: ConfiguredTask,
  data: RunData,
  { before, registries }: { before: RunFields | undefined; registries: Registries },
): Promise<ConfiguredTask> {
  const fields = RunFields.parse(named.fields);
  const seen = before ? before.data.seen : await trainingDataOf(data);
  const { seen: given, ...others } = fields.data;
  if (seen === given) return named;
  const raw = { ...named.fields, data: seen ? { ...others, seen } : others };
  return configureTask(named.definition, raw, { registries });
}

/** The cases that a run sees, with label maps where it reads them. */
function casesOf({ split, store, classes }: RunData) {
  const ids = [...new Set([...split.train, ...split.validation, ...split.test])];
  return ids.map((id) => {
    const { label, ...unlabeled } = store.entry(id);
    return classes.length === 0 || label === undefined ? unlabeled : { ...unlabeled, label };
  });
}

/** Data that lie elsewhere now are known by their content. @throws `INVALID_DATA` for others */
async function checkSameData(
  out: string,
  found: DataFingerprint,
  {
    path,
    saved,
    monitor,
  }: {
    readonly path: string;
    readonly saved: Readonly<Record<string, unknown>>;
    readonly monitor: RunMonitor;
  },
): Promise<void> {
  const before = (await readRecord(out))?.data;
  if (before?.sha256 === found.sha256) return;
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
