import { VoxmimError, type Registries } from '@voxmim/core';
import {
  applyOverrides,
  checkedFinetune,
  checkedPretrain,
  finetuneSchema,
  pretrainSchema,
  type FinetuneConfig,
  type PretrainConfig,
} from '@voxmim/presets';
import type * as z from 'zod';

import { loadNamedPlugins } from '../plugins/load-plugins.js';
import { withFingerprint } from './fingerprint-figures.js';
import { readYaml } from './read-yaml.js';

/** What may be changed on the way from a file to a config. */
export interface ResolveOptions {
  readonly registries: Registries;
  /** `path.to.field=value`, applied in order; see {@link applyOverrides}. */
  readonly set?: readonly string[];
  /** What the config is, such as its path; leads messages. */
  readonly origin?: string;
}

/**
 * Checks a pretraining config whole: fields, components, and how they fit. No data are touched but the
 * figures of a fingerprint that it names.
 *
 * Plugins that it names are imported into `options.registries` first, where their consent allows it.
 *
 * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `UNSUPPORTED_CAPABILITY`, `PLUGIN_NOT_ALLOWED`,
 *   `NOT_FOUND` (a plugin)
 */
export async function resolvePretrain(
  input: unknown,
  options: ResolveOptions,
): Promise<PretrainConfig> {
  const raw = await prepared(input, options, pretrainSchema);
  return withFigures(checkedPretrain(raw, options.registries, options.origin));
}

/** Like {@link resolvePretrain}, for a fine-tuning config. */
export async function resolveFinetune(
  input: unknown,
  options: ResolveOptions,
): Promise<FinetuneConfig> {
  const raw = await prepared(input, options, finetuneSchema);
  return withFigures(checkedFinetune(raw, options.registries, options.origin));
}

async function withFigures<Config extends PretrainConfig | FinetuneConfig>(
  config: Config,
): Promise<Config> {
  return { ...config, data: await withFingerprint(config.data) };
}

/** Reads a YAML file and checks it as {@link resolvePretrain} does. */
export async function readPretrainConfig(
  path: string,
  options: ResolveOptions,
): Promise<PretrainConfig> {
  return resolvePretrain(await readYaml(path), { origin: path, ...options });
}

/** Reads a YAML file and checks it as {@link resolveFinetune} does. */
export async function readFinetuneConfig(
  path: string,
  options: ResolveOptions,
): Promise<FinetuneConfig> {
  return resolveFinetune(await readYaml(path), { origin: path, ...options });
}

async function prepared(
  input: unknown,
  { registries, set = [], origin = 'config' }: ResolveOptions,
  schemaOf: (registries: Registries) => z.ZodType,
): Promise<unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw noFields(origin);
  if ('plugins' in input && Array.isArray(input.plugins)) {
    await loadNamedPlugins(registries, input.plugins.map(String), origin);
  }
  return applyOverrides(input, set, schemaOf(registries));
}

function noFields(origin: string): VoxmimError {
  return new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: holds no fields.`,
    'Start from a file in recipes/, or from the README of @voxmim/runs.',
    { path: '', received: null },
  );
}
