import type { Registries } from '@voxmim/core';
import { loadPlugins, userConsent } from '@voxmim/runs';
import type { Command } from 'commander';

import { builtInRegistries } from './built-in-registries.js';
import type { GlobalOptions } from './command-context.js';

/** What configs may name: the built-in components, and the plugins that the user allows. */
export function registriesOf(command: Command): Registries {
  const { allowPlugin } = command.optsWithGlobals<GlobalOptions>();
  return builtInRegistries({ consent: userConsent(allowPlugin ? { allow: allowPlugin } : {}) });
}

/** What is built in, and the plugins that the user names by `--plugin`, which is to agree that they run. */
export async function registriesWith(plugins: readonly string[]): Promise<Registries> {
  const registries = builtInRegistries();
  await loadPlugins(registries, plugins);
  return registries;
}
