import {
  applyOverrides,
  checkedFinetune,
  checkedPretrain,
  finetuneSchema,
  pretrainSchema,
  type FinetuneConfig,
  type PretrainConfig,
} from '@voxmim/presets';

import { withPlugins, type ResolveOptions } from '../tasks/resolve-task.js';
import { withFingerprint } from './fingerprint-figures.js';
import { readYaml } from './read-yaml.js';

/** As `resolveTask`, where the task is a pretraining: its config has a type. */
export async function resolvePretrain(
  input: unknown,
  options: ResolveOptions,
): Promise<PretrainConfig> {
  const { registries, set = [], origin = 'config' } = options;
  const fields = await withPlugins(input, registries, origin);
  const raw = applyOverrides(fields, set, pretrainSchema(registries));
  return withFigures(checkedPretrain(raw, registries, origin));
}

/** Like {@link resolvePretrain}, for a fine-tuning config. */
export async function resolveFinetune(
  input: unknown,
  options: ResolveOptions,
): Promise<FinetuneConfig> {
  const { registries, set = [], origin = 'config' } = options;
  const fields = await withPlugins(input, registries, origin);
  const raw = applyOverrides(fields, set, finetuneSchema(registries));
  return withFigures(checkedFinetune(raw, registries, origin));
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
