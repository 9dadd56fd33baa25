import {
  VoxmimError,
  type ConfiguredTask,
  type RegisteredTask,
  type Registries,
} from '@voxmim/core';
import { applyOverrides, RunFields, taskParsing, taskSchema } from '@voxmim/presets';
import * as z from 'zod';

import { withFingerprint } from '../config/fingerprint-figures.js';
import { readYaml } from '../config/read-yaml.js';
import { loadNamedPlugins } from '../plugins/load-plugins.js';

/** What may be changed on the way from a file to a config. */
export interface ResolveOptions {
  readonly registries: Registries;
  /** `path.to.field=value`, applied in order; see {@link applyOverrides}. */
  readonly set?: readonly string[];
  /** What the config is, such as its path; leads messages. */
  readonly origin?: string;
}

/** What {@link resolveTask} may be told beside. */
export interface ResolveTaskOptions extends ResolveOptions {
  /** The task where the config names none. */
  readonly task?: string;
}

/**
 * Checks the config of a run whole: fields, components, and how they fit. No data are touched but the figures of
 * a fingerprint that it names.
 *
 * Plugins that it names are imported into `options.registries` first, where their consent allows it.
 *
 * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `UNSUPPORTED_CAPABILITY`, `PLUGIN_NOT_ALLOWED`,
 *   `NOT_FOUND` (a plugin)
 */
export async function resolveTask(
  input: unknown,
  { task: fallback, ...options }: ResolveTaskOptions,
): Promise<ConfiguredTask> {
  const { registries, set = [], origin = 'config' } = options;
  const fields = await withPlugins(input, registries, origin);
  const task = registries.tasks.get(nameOf(fields, fallback, registries, origin));
  const raw = applyOverrides(fields, set, taskSchema(task, registries));
  return configureTask(task, raw, { registries, origin });
}

/** Checks a config of a task that is known; its plugins are loaded already. */
export async function configureTask(
  task: RegisteredTask,
  raw: unknown,
  { registries, origin = 'config' }: Omit<ResolveOptions, 'set'>,
): Promise<ConfiguredTask> {
  const parsing = taskParsing(task.name, registries, origin);
  const configured = task.configure(raw, parsing);
  const { data, loggers } = RunFields.parse(configured.fields);
  for (const logger of loggers) registries.loggers.parse(logger);
  const known = await withFingerprint(data);
  // A stored config needs no other file.
  return known === data
    ? configured
    : task.configure({ ...configured.fields, data: known }, parsing);
}

/** Reads a YAML file and checks it as {@link resolveTask} does. */
export async function readTask(path: string, options: ResolveTaskOptions): Promise<ConfiguredTask> {
  return resolveTask(await readYaml(path), { origin: path, ...options });
}

/** The fields of a config, its plugins loaded. @throws as {@link resolveTask} */
export async function withPlugins(
  input: unknown,
  registries: Registries,
  origin: string,
): Promise<object> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw noFields(origin);
  if ('plugins' in input && Array.isArray(input.plugins)) {
    await loadNamedPlugins(registries, input.plugins.map(String), origin);
  }
  return input;
}

const Named = z.looseObject({ task: z.string() });

/** A config that names no task is of the one that is asked for. */
function nameOf(
  fields: object,
  fallback: string | undefined,
  { tasks }: Registries,
  origin: string,
): string {
  const name = Named.safeParse(fields).data?.task;
  if (fallback !== undefined && name !== undefined && name !== fallback) {
    throw otherTask(origin, name, fallback);
  }
  const found = name ?? fallback;
  if (found !== undefined) return found;
  const known = tasks.names().join(', ');
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: task: nothing says what is trained.`,
    `Name it, such as "task: pretrain"; known are ${known}.`,
    { path: 'task', received: undefined },
  );
}

function otherTask(origin: string, name: string, asked: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: task: it is the config of a "${name}", not of a "${asked}".`,
    `Run it by voxmim train, or give a config with "task: ${asked}".`,
    { path: 'task', received: name },
  );
}

function noFields(origin: string): VoxmimError {
  return new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: holds no fields.`,
    'Start from a file in recipes/, or from the README of @voxmim/runs.',
    { path: '', received: null },
  );
}
