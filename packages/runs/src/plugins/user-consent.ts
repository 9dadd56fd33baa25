import { parseConfig, type PluginConsent } from '@voxmim/core';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import * as z from 'zod';

import { readYaml } from '../config/read-yaml.js';
import { pathExists } from '../run/run-folder.js';
import { pluginsOfRun } from './run-plugins.js';

/** What a user may put into `config.yaml` in `$XDG_CONFIG_HOME/voxmim` (`~/.config/voxmim`). */
export const UserConfig = z.strictObject({
  plugins: z
    .array(z.string().refine(isAbsolute, 'give the whole path of a folder'))
    .default([])
    .describe(
      'Folders of plugins that may run whenever a config names them, such as /home/me/node_modules/acme-backbone.',
    ),
});
export type UserConfig = z.infer<typeof UserConfig>;

/** What {@link userConsent} is told. */
export interface UserConsentOptions {
  /** Names that the user allows now, such as by `--allow-plugin`. */
  readonly allow?: readonly string[];
  /** Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The consent of the user of this machine. A plugin runs when it is allowed by name now, when it lies
 * in a folder that the user's own config lists, or when the run was made here with this very file; see
 * `rememberPlugins`. A name alone is trusted for one command only: a stranger's folder can hold a
 * package of any name.
 */
export function userConsent({
  allow = [],
  env = process.env,
}: UserConsentOptions = {}): PluginConsent {
  const file = userConfigFile(env);
  return {
    async allows({ name, entry }, origin) {
      if (allow.includes(name)) return true;
      if (entry === undefined) return false;
      const { plugins } = await readUserConfig(file);
      if ((await Promise.all(plugins.map((folder) => holds(folder, entry)))).some(Boolean)) {
        return true;
      }
      return (await pluginsOfRun(origin, env)).includes(entry);
    },
    remedy: (names) =>
      `If you know them, add ${names.map((name) => `--allow-plugin ${name}`).join(' ')}; ` +
      `for good, list their folders under "plugins" in ${file}.`,
  };
}

function userConfigFile(env: NonNullable<UserConsentOptions['env']>): string {
  const home = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(home, 'voxmim', 'config.yaml');
}

async function readUserConfig(file: string): Promise<UserConfig> {
  const content = (await pathExists(file)) ? await readYaml(file) : {};
  const remedy = 'Correct it; it holds "plugins", a list of folders, and nothing else.';
  return parseConfig(UserConfig, content ?? {}, file, remedy);
}

async function holds(folder: string, entry: string): Promise<boolean> {
  const way = relative(await realpath(folder).catch(() => folder), entry);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
