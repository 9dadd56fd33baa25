import {
  isVoxmimError,
  Registry,
  VoxmimError,
  type Encoder,
  type EncoderContext,
  type HeadContext,
  type MaskStrategy,
  type Objective,
  type ObjectiveContext,
  type SegmentationHead,
} from '@voxmim/core';
import { VolumeReaders } from '@voxmim/data/node';
import { identityDefinition, swinDefinition, vanDefinition, vitDefinition } from '@voxmim/encoders';
import {
  blockMaskingDefinition,
  foregroundMaskingDefinition,
  gridMaskingDefinition,
  groupedMaskingDefinition,
  randomMaskingDefinition,
  slabMaskingDefinition,
} from '@voxmim/masking';
import { maeDefinition, simclrDefinition, simmimDefinition } from '@voxmim/objectives';
import {
  lightDefinition,
  swinUnetrDefinition,
  unetrDefinition,
  upernetDefinition,
} from '@voxmim/segmentation';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Every kind of component that a config may pick by name. */
export interface Registries {
  readonly encoders: Registry<EncoderContext, Encoder>;
  readonly masks: Registry<undefined, MaskStrategy>;
  readonly objectives: Registry<ObjectiveContext, Objective>;
  readonly heads: Registry<HeadContext, SegmentationHead>;
  /** Of volumes in formats that are not built in. */
  readonly readers: VolumeReaders;
  /** Plugins that have registered here. */
  readonly plugins: Set<string>;
}

/**
 * Fresh registries with everything that is built in. They are values: what is registered in one is
 * not seen by another.
 */
export function createRegistries(): Registries {
  const encoders = new Registry<EncoderContext, Encoder>('encoder')
    .register(vitDefinition)
    .register(swinDefinition)
    .register(vanDefinition);
  return {
    encoders: encoders.register(identityDefinition(encoders)),
    masks: new Registry<undefined, MaskStrategy>('mask')
      .register(randomMaskingDefinition)
      .register(groupedMaskingDefinition)
      .register(blockMaskingDefinition)
      .register(gridMaskingDefinition)
      .register(slabMaskingDefinition)
      .register(foregroundMaskingDefinition),
    objectives: new Registry<ObjectiveContext, Objective>('objective')
      .register(maeDefinition)
      .register(simmimDefinition)
      .register(simclrDefinition),
    heads: new Registry<HeadContext, SegmentationHead>('head')
      .register(unetrDefinition)
      .register(swinUnetrDefinition)
      .register(upernetDefinition)
      .register(lightDefinition),
    readers: new VolumeReaders(),
    plugins: new Set(),
  };
}

/** What a plugin package exports. */
export interface Plugin {
  /** Adds the plugin's components; names are prefixed, such as `acme/convnext`. */
  register(registries: Registries): void;
}

/**
 * Imports each plugin and lets it register its components, once per registries.
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
    (await importPlugin(name, directory)).register(registries);
    registries.plugins.add(name);
  }
}

async function importPlugin(name: string, directory: string): Promise<Plugin> {
  let imported: unknown;
  try {
    imported = await import(locate(name, directory));
  } catch (error) {
    if (isVoxmimError(error)) throw error;
    throw new VoxmimError(
      'NOT_FOUND',
      `The plugin "${name}" cannot be imported: ${String(error)}`,
      `Install it where you run the command (npm install ${name}) or correct "plugins".`,
      { path: name },
      { cause: error },
    );
  }
  if (isPlugin(imported)) return imported;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `The plugin "${name}" exports no function called "register".`,
    'Export register(registries) from its entry point.',
    { path: 'plugins', received: name },
  );
}

function locate(name: string, directory: string): string {
  if (name.startsWith('.')) return pathToFileURL(resolve(directory, name)).href;
  const from = createRequire(resolve(directory, 'package.json'));
  return pathToFileURL(from.resolve(name)).href;
}

function isPlugin(value: unknown): value is Plugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'register' in value &&
    typeof value.register === 'function'
  );
}
