import type { Registries } from '@voxmim/core';
import { userConsent } from '@voxmim/runs';
import type { Command } from 'commander';

import { builtInRegistries } from './built-in-registries.js';
import type { GlobalOptions } from './command-context.js';

/** What configs may name: the built-in components, and the plugins that the user allows. */
export function registriesOf(command: Command): Registries {
  const { allowPlugin } = command.optsWithGlobals<GlobalOptions>();
  return builtInRegistries({ consent: userConsent(allowPlugin ? { allow: allowPlugin } : {}) });
}
