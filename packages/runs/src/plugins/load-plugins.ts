import {
  isVoxmimError,
  VoxmimError,
  type LocatedPlugin,
  type Plugin,
  type Registries,
} from '@voxmim/core';
import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package of npm; no path and no file inside a package. */
const PACKAGE = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Imports each plugin and lets it register its components, once per registries. To call this is to
 * agree that they run; for names out of a config there is `loadNamedPlugins`.
 *
 * @param names package names, looked up from the working directory, or paths that start with `.`
 * @param directory where to look from; the working directory by default
 * @throws `NOT_FOUND` when a plugin cannot be imported; `INVALID_CONFIG` when it exports no
 *   `register` function or takes a name that is in use
 */
export async function loadPlugins(
  registries: Registries,
  names: readonly string[],
  directory = process.cwd(),
): Promise<void> {
  for (const name of names) {
    if (registries.plugins.has(name)) continue;
    await load(registries, { name, entry: await locate(name, directory) });
  }
}

/**
 * Loads the plugins that a config names, of those not loaded yet, when `registries.consent` allows all
 * of them; else none of them runs.
 *
 * @param origin the config, as a path where it has one
 * @throws `PLUGIN_NOT_ALLOWED`; `INVALID_CONFIG` for a name that is no package's; as {@link loadPlugins}
 */
export async function loadNamedPlugins(
  registries: Registries,
  names: readonly string[],
  origin: string,
): Promise<void> {
  const fresh = [...new Set(names)].filter((name) => !registries.plugins.has(name));
  for (const name of fresh) checkName(name, origin);
  const plugins = await Promise.all(
    fresh.map(async (name) => ({ name, entry: await locate(name, process.cwd()) })),
  );
  const { consent } = registries;
  const allowed = await Promise.all(plugins.map((plugin) => consent.allows(plugin, origin)));
  const refused = plugins.filter((_, index) => !allowed[index]);
  if (refused.length > 0) throw notAllowed(refused, registries, origin);
  for (const plugin of plugins) await load(registries, plugin);
}

async function load(registries: Registries, plugin: LocatedPlugin): Promise<void> {
  const { name, entry } = plugin;
  (await importPlugin(plugin)).register(registries);
  registries.plugins.set(name, entry ?? name);
}

async function importPlugin({ name, entry }: LocatedPlugin): Promise<Plugin> {
  if (entry === undefined) throw notFound(name, 'there is no such package here');
  let imported: unknown;
  try {
    imported = await import(pathToFileURL(entry).href);
  } catch (error) {
    if (isVoxmimError(error)) throw error;
    throw notFound(name, String(error), error);
  }
  if (isPlugin(imported)) return imported;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `The plugin "${name}" exports no function called "register".`,
    'Export register(registries) from its entry point.',
    { path: 'plugins', received: name },
  );
}

function notFound(name: string, why: string, cause?: unknown): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `The plugin "${name}" cannot be imported: ${why}.`,
    `Install it where you run the command (npm install ${name}) or correct "plugins".`,
    { path: name },
    { cause },
  );
}

/** Finds the file without running any of it. */
async function locate(name: string, directory: string): Promise<string | undefined> {
  try {
    if (name.startsWith('.')) return await realpath(resolve(directory, name));
    return await realpath(createRequire(resolve(directory, 'package.json')).resolve(name));
  } catch {
    return undefined;
  }
}

function checkName(name: string, origin: string): void {
  if (PACKAGE.test(name)) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: plugins: "${name}" is not the name of a package.`,
    'Name the package as package.json does; files and folders are not run.',
    { path: 'plugins', received: name },
  );
}

function notAllowed(
  plugins: readonly LocatedPlugin[],
  { consent }: Registries,
  origin: string,
): VoxmimError<'PLUGIN_NOT_ALLOWED'> {
  const names = plugins.map(({ name }) => name);
  const found = plugins.map(({ name, entry }) => `${name} (${entry ?? 'not installed here'})`);
  return new VoxmimError(
    'PLUGIN_NOT_ALLOWED',
    `${origin} names plugins, programs that would run with all your rights: ${found.join(', ')}.`,
    consent.remedy(names),
    { path: origin, plugins: names },
  );
}

function isPlugin(value: unknown): value is Plugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'register' in value &&
    typeof value.register === 'function'
  );
}
