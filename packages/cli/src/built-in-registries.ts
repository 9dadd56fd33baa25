import * as classify from '@voxmim/classify';
import type { Plugin, Registries } from '@voxmim/core';
import type { RegistriesOptions } from '@voxmim/presets';
import { createRunRegistries } from '@voxmim/runs';

/** Plugins that come with the command line: each registers as anybody's does. */
const plugins: readonly Plugin[] = [classify];

/** Every component and task that a config may name without a plugin of its own. */
export function builtInRegistries(options: RegistriesOptions = {}): Registries {
  const registries = createRunRegistries(options);
  for (const plugin of plugins) plugin.register(registries);
  return registries;
}
